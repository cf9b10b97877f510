"""A whole Apple Music library: songs, albums, artists and playlists in the order of the alphabet, with everything that is odd
about it; two tokens, of which one is signed here; lists that stumble in the middle, and a library that moves.
"""
import os
import pty
import re
import subprocess

import flavours
import stack
from case import Case


class Apple(Case):
    SETTINGS = {"rates": "applemusic=0"}
    PROVIDER = "applemusic"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.FLAVOUR = flavours.AppleMusic("applemusic", cls.pipeline.folder)
        cls.key, cls.apple_key = cls.FLAVOUR.key, cls.FLAVOUR.public
        cls.server = cls.apple()

    def setUp(self):
        super().setUp()
        for what in ("faults", "edits", "library", "log", "grants"):
            self.server.reset(what)

    @classmethod
    def apple(cls, tracks=900, flags=(), **options):
        options = {"flavour": "applemusic", "albums": 130, "artists": 120, "playlists": 16, "entries": 130,
                   "apple_key": cls.apple_key, **options}
        return cls.simulator(tracks, flags=("--any-user", *flags), **options)

    @classmethod
    def account(cls, server, name=None, user="demo"):
        """With the key that signs developer tokens, and a test of the sign-in."""
        cls.accounts += 1
        name = name or f"a{cls.accounts}"
        cls.users[name] = user
        cls.FLAVOUR.add_account(cls.pipeline, server, name, user)
        return name

    def new_account(self):
        user = f"user{type(self).accounts}"
        return self.account(self.server, user, user=user), user

    # ---- comparing ----

    def rejected(self, account):
        """What it lists without a name."""
        return self.all_rejected(account)

    def assert_synced(self, report):
        causes = [(row["category"], row["state"], row["cause"]) for row in report.categories.values()]
        self.assertEqual(report.state, "complete", f"{report.all['cause']}: {causes}")

    # ---- what is read ----

    def test_a_whole_library_is_read_with_a_token_that_is_signed_here(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server)
        last = max(self.server.truth("artists", True, user), key=lambda row: row[1])
        self.assertIn(last[0], [row[0] for row in self.rows(account, "artists")], "the last artist alphabetically is there")
        self.assertFalse(self.server.log(containing="limit=200"), "more than 100 are never asked for")
        followed = [request.query for request in self.server.log("songs", containing="offset=") if "limit=25" not in request.query]
        self.assertTrue(followed)
        self.assertTrue(all("limit=100" in query and "include=" in query for query in followed),
                        "what a next link leaves out is asked for all the same")

    def test_twenty_thousand_songs_are_all_here_and_were_never_in_memory_at_once(self):
        """Page by page: others run out of memory at 70,000 songs (music-assistant/server pull request 4089)."""
        server = self.apple(20000, albums=3000, artists=1500, playlists=30, entries=200)
        account = self.account(server)
        before = {worker: worker.status("VmHWM") for worker in self.pipeline.workers.values()}
        self.assert_synced(self.pipeline.sync(account, timeout=300))
        body = sum(request.bytes for request in server.log()) // 1024
        for worker, peak in before.items():
            self.assertLess(worker.status("VmHWM") - peak, body, f"{worker.name}: KiB, of what was sent")
        here = self.assert_same_figures(account, server)
        self.assertGreater(here["tracks"][0], 19000, "all but those that Apple counts and does not show")
        last = max(server.truth("artists", True, self.users[account]), key=lambda row: row[1])
        self.assertIn(last[0], [row[0] for row in self.rows(account, "artists")], "the last artist alphabetically is there")

    def test_a_song_that_is_added_brings_its_album_and_its_artist_into_the_library(self):
        """developer.apple.com/forums/thread/733869: the library's albums are those that songs are from, not albums that were saved."""
        account, _ = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        before = {kind: {row[0] for row in self.rows(account, kind)} for kind in ("albums", "tracks")}
        self.server.edit("insert", tracks=1, index=0)
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server)
        for kind, known in before.items():
            self.assertEqual(len({row[0] for row in self.rows(account, kind)} - known), 1, kind)

    def test_two_users_with_the_same_music_have_two_libraries(self):
        ann, _ = self.new_account()
        ben, user = self.new_account()
        for account in (ann, ben):
            self.assert_synced(self.pipeline.sync(account))
        for account in (ann, ben):
            self.assert_library(account, self.server)
        ids = [{row[0] for row in self.rows(account, "tracks")} for account in (ann, ben)]
        self.assertFalse(ids[0] & ids[1])
        twins = [self.pipeline.sql("SELECT catalog_id FROM track WHERE catalog_id IS NOT NULL AND account_id = "
                                   f"{self.pipeline.account_id(account)} ORDER BY 1") for account in (ann, ben)]
        self.assertEqual(*twins)
        self.server.revoke(user)
        self.assertEqual(self.pipeline.sync(ann).state, "complete", "what happens to one is nothing to the other")
        self.assertEqual(self.pipeline.sync(ben).state, "failed")

    def test_a_second_sync_changes_no_row_and_reads_only_playlists_without_a_date(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        before = self.versions(account)
        self.server.reset("log")
        self.assert_synced(self.pipeline.sync(account))
        self.assertEqual(self.versions(account), before)
        asked = {re.search(r"id=([^&]*)", request.query).group(1) for request in self.server.log("playlist_tracks")}
        undated = {row[0] for row in self.pipeline.sql("SELECT id FROM playlist WHERE version IS NULL")}
        self.assertLessEqual(asked, undated)

    def test_a_list_that_looks_unchanged_costs_one_request_and_a_full_sync_reads_it_all_the_same(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        # Deep in the alphabet one goes and one comes: neither the length nor the beginning tells.
        self.server.edit("remove", tracks=1, index=700)
        self.server.edit("insert", tracks=1, index=600)
        self.server.reset("log")
        report = self.pipeline.sync(account)
        self.assert_synced(report)
        row = report.categories["tracks"]
        self.assertTrue(row["unchanged"])
        self.assertIn("left unread", row["cause"])
        self.assertEqual((len(self.server.log("songs")), row["requests_needed"]), (1, 1))
        self.assertTrue(report.categories["albums"]["stored"], "the new song's album made that list longer")
        for mode in ("full", "incremental"):  # what was missed once is looked for again by any sync
            self.assert_synced(self.pipeline.sync(account, "--mode", mode))
        self.assert_library(account, self.server)
        self.assertTrue(self.pipeline.sync(account).categories["tracks"]["unchanged"])

    def test_an_empty_library_is_empty_in_both_of_apples_ways(self):
        for flags in ((), ("--empty-404",)):
            with self.subTest(flags=flags):
                server = self.apple(0, flags=flags, albums=0, artists=0, playlists=0)
                account = self.account(server)
                report = self.pipeline.sync(account)
                self.assert_synced(report)
                self.assertEqual(sum(row["stored"] for row in report.categories.values()), 0)

    def test_without_a_total_progress_tells_what_is_here_and_promises_nothing(self):
        server = self.apple(flags=("--no-total",))
        account = self.account(server)
        server.slow(150, "songs")
        sync = self.pipeline.enqueue(account)
        self.wait_pages(sync, 3)
        shown = self.pipeline.cli("status", account).stdout
        self.assert_synced(self.pipeline.watch(sync))
        self.assert_library(account, server)
        line = next(line for line in shown.splitlines() if "tracks" in line and re.search(r"\d", line))
        self.assertNotRegex(line, r"%|~| of ")

    def test_on_a_terminal_a_list_without_a_total_shows_a_growing_number_and_no_bar(self):
        server = self.apple(flags=("--no-total",))
        account = self.account(server)
        server.slow(300, "songs")
        lines = [line for line in self.on_terminal("sync", account, "--wait") if "Syncing tracks" in line]
        numbers = [int(re.search(r"([\d,]+) tracks", line)[1].replace(",", "")) for line in lines if "tracks  " in line]
        self.assertGreater(len(set(numbers)), 2, lines[:9])
        self.assertEqual(numbers, sorted(numbers))
        self.assertFalse([line for line in lines if re.search(r"%|~| of |left|\[", line)])

    def on_terminal(self, *words):
        """What a person sees, line by line."""
        ours, its = pty.openpty()
        with subprocess.Popen([stack.BIN / "syncline", "--config", self.pipeline.settings, *words], stdin=its, stdout=its,
                              stderr=its, env={**os.environ, "TERM": "xterm", "COLUMNS": "100"}) as command:
            os.close(its)
            shown = b""
            try:
                while part := os.read(ours, 65536):
                    shown += part
            except OSError:  # the other side is gone
                pass
            os.close(ours)
        self.assertEqual(command.returncode, 0, shown[-2000:])
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "\n", shown.decode())
        return re.split(r"[\r\n]+", plain)

    # ---- what goes wrong ----

    def test_a_list_that_is_not_found_in_its_middle_is_asked_for_again(self):
        account, user = self.new_account()
        self.server.fault("failed", status=404, code=40400, endpoint="songs", contains=f"u={user}&", nth=4)
        self.server.fault("empty", endpoint="albums", contains=f"u={user}&", nth=3)
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server)

    def test_a_library_that_says_once_that_it_is_empty_is_asked_again(self):
        for times in (1, 2):  # the second time the fence before the walk says so, too
            with self.subTest(times=times):
                account, user = self.new_account()
                self.server.fault("failed", status=404, code=40400, endpoint="songs", count=times,
                                  contains=f"u={user}&limit=100&" + ("offset=0&" if times == 1 else ""))
                self.assert_synced(self.pipeline.sync(account))
                self.assert_library(account, self.server, ["tracks"])

    def test_a_library_that_says_for_ever_that_it_is_empty_fails_and_loses_nothing(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        self.server.fault("failed", status=404, code=40400, endpoint="songs", contains=f"u={user}&limit=100&offset=0&", count=0)
        report = self.pipeline.sync(account, "--mode", "full")
        self.assertEqual((report.state, report.categories["tracks"]["state"]), ("partial", "failed"))
        self.assertIn("nothing", report.categories["tracks"]["cause"])
        self.assert_library(account, self.server)

    def test_a_list_that_is_cut_in_its_middle_for_ever_fails_and_removes_nothing(self):
        for fault in ({"kind": "failed", "status": 404, "code": 40400}, {"kind": "status", "status": 200, "body": "{}"}):
            with self.subTest(**fault):
                account, user = self.new_account()
                self.assert_synced(self.pipeline.sync(account))
                self.server.fault(endpoint="songs", contains=f"u={user}&limit=100&offset=300", count=0, **fault)
                for _ in range(2):
                    report = self.pipeline.sync(account, "--mode", "full")
                    self.assertEqual(report.categories["tracks"]["state"], "partial", "what came before is kept")
                self.assert_library(account, self.server, ["tracks"])

    def test_a_library_that_was_emptied_is_complete_when_it_was_asked_again(self):
        server = self.apple(100)
        account = self.account(server)
        self.assert_synced(self.pipeline.sync(account))
        server.edit("remove", tracks=100)
        report = self.pipeline.sync(account)
        self.assert_synced(report)
        self.assertEqual(report.categories["tracks"]["removed"], 0)
        self.assertIn("was empty", report.categories["tracks"]["cause"])
        self.assertTrue(self.rows(account, "tracks"), "one walk that found nothing proves nothing")

    def test_pages_that_take_apple_too_long_are_asked_for_in_halves(self):
        account, user = self.new_account()
        self.server.fault("status", status=504, endpoint="songs", contains="limit=100&offset=300", count=0)
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server)
        self.assertTrue(self.server.log("songs", containing="limit=50&offset=300"))

    def test_playlists_that_are_listed_and_never_found_cost_the_others_nothing(self):
        account, user = self.new_account()
        others = self.server.truth("playlists", user=user)
        lost = {others.pop(0), others.pop(), others.pop()}
        for endpoint in ("playlist_tracks", "playlist"):
            for each in lost:
                self.server.fault("failed", status=404, code=40400, endpoint=endpoint, contains=f"id={each}", count=0)
        report = self.pipeline.sync(account)
        self.assert_synced(report)
        self.assertFalse(report.categories["playlists"]["moved"])
        refused = self.refused(account)
        self.assertEqual({row[0] for row in refused}, lost)
        self.assertIn("does not find", refused[0][1])
        for each in lost:
            asked = self.server.log("playlist_tracks", containing=f"id={each}")
            self.assertEqual(len(asked), 2, "once more, in case it was just deleted")
        self.assertEqual(len(self.server.log("playlist_tracks", containing=f"id={others[0]}&limit=100&offset=0")), 1)
        truth = [row for row in self.server.truth("entries", user=user) if row[0] not in lost]
        self.assertEqual(len(self.entries(account)), len(truth))

    def test_a_playlist_whose_tracks_are_not_found_is_read_with_its_tracks_in_it(self):
        """github.com/simonepelosi/vibez/issues/49: /tracks is 404, ?include=tracks works."""
        for code in (40400, 40403):
            with self.subTest(code):
                account, user = self.new_account()
                self.server.fault("failed", status=404, code=code, endpoint="playlist_tracks", contains="offset=0&", count=0)
                report = self.pipeline.sync(account)
                self.server.reset("faults")
                self.assert_synced(report)
                self.assert_library(account, self.server)
                self.assertEqual(self.refused(account), [])

    def test_a_playlist_that_shows_a_hundred_tracks_and_no_more_is_told_as_unread_and_keeps_what_it_had(self):
        for flags, code, words in (((), 40400, "does not find"), (("--no-total",), 40400, "shows only the first 100"), ((), 40403, "is empty")):
            with self.subTest(flags=flags, code=code):
                server = self.apple(400, flags, playlists=3, entries=150)
                account = self.account(server)
                self.assert_synced(self.pipeline.sync(account))
                before = self.entries(account)
                self.assertGreater(len(before), 300)
                server.fault("failed", status=404, code=code, endpoint="playlist_tracks", count=0)
                self.assert_synced(self.pipeline.sync(account, "--mode", "full"))
                self.assertEqual(self.entries(account), before)
                self.assertTrue(all(words in cause for _, cause in self.refused(account)))
                self.assertTrue(self.refused(account))

    def test_an_answer_of_the_other_way_that_makes_no_sense_costs_nothing_that_the_first_way_has_said(self):
        nulls = '{"data":[{"id":"p.x","relationships":null}]}'
        for fault in ({"status": 500}, {"status": 200, "body": nulls}):
            with self.subTest(fault):
                server = self.apple(300, playlists=48, entries=20)  # of which six are empty
                account = self.account(server)
                lost = next(row[0] for row in server.truth("entries"))
                server.fault("failed", status=404, code=40400, endpoint="playlist_tracks", contains=f"id={lost}", count=0)
                server.fault("status", endpoint="playlist", count=0, **fault)
                self.assert_synced(self.pipeline.sync(account))
                self.assertEqual([row[0] for row in self.refused(account)], [lost])
                self.assertEqual(len(self.entries(account)), len([row for row in server.truth("entries") if row[0] != lost]))

    def refused(self, account):
        return self.pipeline.sql("SELECT id, entries_refused FROM playlist WHERE entries_refused IS NOT NULL AND account_id = "
                                 f"{self.pipeline.account_id(account)}")

    def test_a_limit_without_a_time_is_waited_for_and_costs_nothing(self):
        account, user = self.new_account()
        self.server.fault("failed", status=429, endpoint="songs", contains=f"u={user}&", nth=3)
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server, ["tracks"])
        log = self.server.log(containing=f"u={user}&")
        at = next(i for i, request in enumerate(log) if request.status == 429)
        self.assertGreaterEqual(log[at + 1].time_ms - log[at].time_ms, 4500)
        self.assertEqual(log[at + 1].query, log[at].query)

    def test_a_developer_token_that_is_refused_later_stops_without_asking_the_user_to_sign_in(self):
        account, user = self.new_account()
        self.server.fault("status", status=401, body=" ", endpoint="songs", contains=f"u={user}&", count=0)
        report = self.pipeline.sync(account)
        row = report.categories["tracks"]
        self.assertEqual((report.state, row["state"]), ("partial", "failed"))
        self.assertIn("developer token", row["cause"])
        self.assertIn("key file", row["next_step"])
        self.assertEqual(report.categories["playlists"]["state"], "complete")
        self.assertEqual(len([r for r in self.server.log("songs", containing=f"u={user}&") if "include" in r.query]), 1,
                         "not asked again: it would be refused again")

    def test_a_user_token_that_ends_says_which_command_mends_it(self):
        account, user = self.new_account()
        self.server.slow(1000, "songs")
        sync = self.pipeline.enqueue(account)
        self.wait_pages(sync, 2)
        self.server.revoke(user)
        self.server.reset("faults")
        report = self.pipeline.watch(sync)
        self.assertEqual(report.state, "partial")
        self.assertEqual(report.categories["artists"]["state"], "complete", "what was there before stays")
        self.assertIn(f"syncline account login {account}", report.categories["tracks"]["next_step"])
        self.assert_needs_auth(account)
        self.pipeline.cli("account", "login", account, "--user-token-stdin", text=self.server.user_token(user, 1) + "\n")
        self.assertNotIn("needs_auth", self.pipeline.cli("status", account).stdout)
        self.assert_synced(self.pipeline.sync(account))
        self.assertFalse(self.pipeline.status(account)["needs_auth"])

    def test_a_developer_token_that_is_refused_is_the_operators_affair(self):
        server = self.apple(50, apple_key=self.stranger())
        with self.assertRaises(AssertionError) as refused:
            self.account(server)
        self.assertIn("developer token", str(refused.exception))

    def stranger(self):
        key, public = self.pipeline.folder / "other.p8", self.pipeline.folder / "other.pem"
        stack.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key])
        stack.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public])
        return public

    # ---- what moves, what dies ----

    def test_songs_added_while_they_are_read_are_not_missed(self):
        account, user = self.new_account()
        self.server.edit("insert", tracks=30, index=0, at=5, endpoint="songs", contains=f"u={user}&")
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server, ["tracks"])

    def test_songs_removed_while_they_are_read_cost_no_other_and_are_gone_when_two_syncs_missed_them(self):
        account, user = self.new_account()
        self.server.edit("remove", tracks=12, index=20, at=5, endpoint="songs", contains=f"u={user}&")
        self.assert_synced(self.pipeline.sync(account))
        self.assertLessEqual(set(self.server.truth("tracks", user=user)) - self.rejected(account),
                             {row[0] for row in self.rows(account, "tracks")})
        for _ in range(2):  # the first sync's walk before the edit had seen them
            self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server, ["tracks"])

    def test_no_live_song_is_marked_removed_whatever_moves_between_two_syncs(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        for at in (3, 5, 7):
            self.server.edit("remove", tracks=8, index=10 * at, at=at, endpoint="songs", contains=f"u={user}&")
            self.server.edit("insert", tracks=8, index=0, at=at + 1, endpoint="songs", contains=f"u={user}&")
        self.pipeline.sync(account)
        here = {row[0] for row in self.rows(account, "tracks")}
        live = {item for item in self.server.truth("tracks", user=user)}
        gone = {row[0] for row in self.pipeline.sql(
            f"SELECT id FROM track WHERE account_id = {self.pipeline.account_id(account)} AND removed_at IS NOT NULL")}
        self.assertEqual(gone & live, set(), "live songs marked removed")
        self.assertTrue(here)

    def moved_walk(self, *edits):
        """A full sync of a known library that is edited before its fifth page of songs is given."""
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        for edit in edits:
            self.server.edit(**edit, at=5, endpoint="songs", contains=f"u={user}&limit=100&offset=")
        report = self.pipeline.sync(account, "--mode", "full")
        self.assert_synced(report)
        self.assert_nothing_live_removed(account, self.server, user)
        for _ in range(2):
            self.assert_synced(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, self.server, ["tracks"])
        self.assert_nothing_live_removed(account, self.server, user)
        return report

    def test_songs_that_change_places_while_they_are_read_are_read_again(self):
        self.assert_seen_to_move(self.moved_walk({"op": "reorder", "seed": 3}), "tracks")

    def test_as_many_songs_more_before_the_cursor_as_fewer_behind_it_are_seen_by_those_that_come_twice(self):
        report = self.moved_walk({"op": "insert", "tracks": 30, "index": 150}, {"op": "remove", "tracks": 30, "index": 800})
        self.assertEqual((report.categories["tracks"]["walk"], report.categories["tracks"]["moved"]), (1, False), "read again at once")

    def test_as_many_songs_fewer_before_the_cursor_as_more_behind_it_cost_no_live_song(self):
        """The one thing that shows nowhere: length and beginning are the same, and nothing comes twice."""
        report = self.moved_walk({"op": "remove", "tracks": 30, "index": 150}, {"op": "insert", "tracks": 30, "index": 800})
        self.assertEqual(report.categories["tracks"]["removed"], 0)

    def test_playlists_that_are_edited_while_they_are_read_are_whole_in_the_end(self):
        account, user = self.new_account()
        own = self.server.truth("playlists", user=user)[0]
        self.assert_synced(self.pipeline.sync(account))
        for edit in ({"op": "playlist-shuffle", "seed": 4}, {"op": "playlist-remove", "entries": 9, "position": 3}):
            with self.subTest(edit["op"]):
                self.server.edit(playlist=0, at=2, endpoint="playlist_tracks", contains=f"u={user}&id={own}", **edit)
                report = self.pipeline.sync(account, "--mode", "full")
                self.assert_seen_to_move(report, "playlists")
                self.assert_nothing_live_removed(account, self.server, user)
                self.assert_library(account, self.server, ["playlists"])

    def test_a_fetcher_killed_in_the_middle_goes_on_without_repeating(self):
        account, user = self.new_account()
        for endpoint in ("songs", "playlist_tracks"):
            self.server.slow(60, endpoint)
        fetcher = self.pipeline.workers["fetcher-1"]
        sync = self.pipeline.enqueue(account)
        for pages, category in ((4, "tracks"), (4, "playlists")):
            self.wait_pages(sync, pages, category)
            fetcher.kill()
            fetcher.start()
        self.assert_synced(self.pipeline.watch(sync))
        self.assert_library(account, self.server)
        pages = [(request.method, request.query) for request in self.server.log(containing=f"u={user}&")
                 if request.method in ("songs", "playlist_tracks") and "limit=100" in request.query]
        self.assertLessEqual(len(pages) - len(set(pages)), 10, "pages fetched twice: those under way at the two kills, and short ones")
