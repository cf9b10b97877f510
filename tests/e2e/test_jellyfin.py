"""A whole Jellyfin library: pages that overlap, playlists that other users' hide among, entries that stand there twice, and a
library that moves; signing in with a password that is not kept, and with an API key.
"""
import collections

import flavours
import library
import stack
from case import PASSWORD, Case

KEY = "canary-api-key-31"


class Jellyfin(Case):
    FLAVOUR = flavours.Jellyfin("jellyfin")
    PROVIDER = "jellyfin"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.jellyfin()

    def setUp(self):
        super().setUp()
        for what in ("faults", "edits", "library", "log", "grants"):
            self.server.reset(what)

    @classmethod
    def jellyfin(cls, tracks=2200, **options):
        options = {"flavour": "jellyfin", "albums": 170, "artists": 120, "playlists": 16, "entries": 640, "api_key": KEY, **options}
        return cls.simulator(tracks, flags=("--any-user",), **options)

    @classmethod
    def account(cls, server, name=None, user="demo", secret=PASSWORD, options=()):
        cls.accounts += 1
        name = name or f"a{cls.accounts}"
        cls.users[name] = user
        cls.FLAVOUR.add_account(cls.pipeline, server, name, user, secret, options)
        return name

    def new_account(self):
        user = f"user{type(self).accounts}"
        return self.account(self.server, user, user=user), user

    # ---- comparing ----

    def assert_synced(self, report):
        causes = [(row["category"], row["state"], row["cause"]) for row in report.categories.values()]
        self.assertEqual(report.state, "complete", f"{report.all['cause']}: {causes}")

    # ---- what is read ----

    def test_a_whole_library_is_read_with_every_entry_in_its_place(self):
        account, user = self.new_account()
        report = self.pipeline.sync(account)
        self.assert_synced(report)
        self.assertEqual(sum(row["errors"] for row in report.categories.values()), 0)
        self.assert_library(account, self.server)
        self.pipeline.cli("verify", account)
        last = max(self.server.truth("artists", names=True), key=lambda row: row[1])
        self.assertIn(last[0], [row[0] for row in self.rows(account, "artists")], "the last artist alphabetically is there")
        twice = collections.Counter((line[0], line[2]) for line in self.server.truth("entries")).most_common(1)[0]
        self.assertGreater(twice[1], 1, "a track that stands in a playlist twice, under one PlaylistItemId")

    def test_a_second_sync_writes_nothing(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        before = self.versions(account)
        report = self.pipeline.sync(account)
        self.assert_synced(report)
        self.assertEqual(self.versions(account), before)
        self.assertEqual(sum(row["added"] + row["changed"] + row["removed"] for row in report.categories.values()), 0)

    def test_an_empty_library_is_complete_and_empty(self):
        server = self.jellyfin(0, albums=0, artists=0, playlists=0)
        report = self.pipeline.sync(self.account(server))
        self.assert_synced(report)
        self.assertEqual(sum(row["stored"] for row in report.categories.values()), 0)

    def test_playlists_are_all_there_though_a_page_of_them_would_be_short(self):
        server = self.jellyfin(300, albums=30, artists=10, playlists=1100, entries=2)
        account = self.account(server)
        self.assert_synced(self.pipeline.sync(account, "--only", "playlists"))
        self.assert_library(account, server, ["playlists"])
        self.assertEqual(len(self.rows(account, "playlists")), 880, "every fifth is another user's")
        self.assertFalse(server.log("playlists", containing="limit="), "never with a limit")

    def test_a_short_page_of_entries_costs_none(self):
        account, user = self.new_account()
        self.server.fault("short", items=7, endpoint="playlist_items", contains=f"u={user}&", every=2, count=0)
        self.assert_synced(self.pipeline.sync(account, "--only", "playlists"))
        self.assert_library(account, self.server, ["playlists"])

    def test_a_list_that_ends_before_the_length_it_tells_says_so_and_removes_nothing(self):
        server = self.jellyfin(700)
        account = self.account(server)
        self.assert_synced(self.pipeline.sync(account))
        server.fault("short", items=499, endpoint="tracks", contains="startIndex=499", count=0)
        server.fault("empty", endpoint="tracks", contains="startIndex=500", count=0)
        for _ in range(2):
            report = self.pipeline.sync(account, "--mode", "full", "--only", "tracks")
            self.assert_synced(report)
            self.assertIn("ended before the length that it tells", report.categories["tracks"]["cause"])
            self.assert_library(account, server, ["tracks"])

    # ---- what goes wrong ----

    def test_a_page_that_begins_too_early_now_and_then_costs_nothing(self):
        """What it shows twice stands where others should be, in the list of tracks and in playlists (chaos 15/120)."""
        for endpoint, category in (("tracks", "tracks"), ("playlist_items", "playlists")):
            for strikes in ({"nth": 2}, {"probability": 0.3, "seed": 7, "count": 0}):
                with self.subTest(endpoint, **strikes):
                    self.server.reset("faults")
                    account, user = self.new_account()
                    self.server.fault("repeat", items=4, endpoint=endpoint, contains=f"u={user}&", **strikes)
                    self.assert_synced(self.pipeline.sync(account, "--only", category))
                    self.assertIn("repeat", [request.fault for request in self.server.log(endpoint, f"u={user}&")])
                    self.assert_library(account, self.server, [category])

    def test_a_walk_that_moves_each_time_goes_on_behind_the_last_item(self):
        """A page that insists once is a library that has moved; the last walk takes it from where it was."""
        account, user = self.new_account()
        self.server.fault("repeat", items=4, endpoint="tracks", contains="startIndex=499", count=0)
        report = self.pipeline.sync(account, "--only", "tracks")
        self.assertTrue(report.categories["tracks"]["moved"])
        self.assert_library(account, self.server, ["tracks"])

    def test_a_playlist_that_is_cut_into_pages_before_entries_are_hidden_is_whole(self):
        """jellyfin/jellyfin until 10.10.2: what the user may not see is taken out of a page, and counted (TotalRecordCount)."""
        server = self.jellyfin(300, albums=30, artists=10, playlists=2)
        account = self.account(server)
        for at, hidden in ((0, 0), (100, 7), (498, 4), (633, 7), (495, 145)):
            with self.subTest(at=at, hidden=hidden):
                server.reset("faults")
                server.fault("hide", at=at, items=hidden, endpoint="playlist_items", count=0)
                self.assert_synced(self.pipeline.sync(account, "--only", "playlists", "--mode", "full"))
                self.assert_hidden(account, server, at, hidden)

    def test_a_404_in_the_midst_of_such_a_playlist_makes_no_entry_come_twice(self):
        server = self.jellyfin(300, albums=30, artists=10, playlists=2)
        account = self.account(server)
        server.fault("hide", at=100, items=7, endpoint="playlist_items", contains="startIndex=0&", count=0)
        server.fault("failed", status=404, endpoint="playlist_items", contains="startIndex=493")
        server.fault("hide", at=100, items=7, endpoint="playlist_items", count=0)
        self.assert_synced(self.pipeline.sync(account, "--only", "playlists"))
        self.assertIn("failed", [request.fault for request in server.log("playlist_items")])
        self.assert_hidden(account, server, 100, 7)

    def test_a_fetcher_killed_in_such_a_playlist_takes_no_entry_twice(self):
        server = self.jellyfin(300, albums=30, artists=10, playlists=2)
        account = self.account(server)
        server.fault("hide", at=100, items=7, endpoint="playlist_items", count=0)
        server.fault("stall", ms=3000, endpoint="playlist_items", contains="startIndex=493")
        sync = self.pipeline.enqueue(account, "--only", "playlists")
        self.wait_until(lambda: server.log("playlist_items", "startIndex=493"), "it waits for the second page")
        fetcher = self.pipeline.workers["fetcher-1"]
        fetcher.kill()
        fetcher.start()
        self.assert_synced(self.pipeline.watch(sync))
        self.assert_hidden(account, server, 100, 7)

    def assert_hidden(self, account, server, at, hidden):
        wanted = collections.defaultdict(list)
        for playlist, position, item, *_ in library.entries(server, self.PROVIDER, "demo"):
            if not at <= int(position) < at + hidden:
                wanted[playlist].append(item)
        for playlist, entries in wanted.items():
            self.assertEqual(self.entries_of(account, playlist), entries)

    def test_an_empty_page_in_the_middle_is_no_end(self):
        account, user = self.new_account()
        self.server.fault("empty", endpoint="tracks", contains=f"u={user}&", nth=4)
        self.server.fault("empty", endpoint="playlist_items", contains=f"u={user}&", nth=2)
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server)

    def test_items_that_make_no_sense_are_rejects_and_the_others_are_stored(self):
        account, user = self.new_account()
        self.server.fault("malformed", items=5, endpoint="tracks", contains=f"u={user}&", nth=2)
        report = self.pipeline.sync(account)
        self.assertEqual(report.state, "complete")
        self.assertEqual((report.categories["tracks"]["errors"], report.categories["tracks"]["stored"]), (5, 2195))

    def test_a_token_that_is_revoked_says_which_command_mends_it(self):
        account, user = self.new_account()
        self.server.slow(1000, "tracks")
        sync = self.pipeline.enqueue(account)
        self.wait_pages(sync, 2)
        self.server.revoke(user)
        self.server.reset("faults")
        report = self.pipeline.watch(sync)
        self.assertEqual((report.state, report.categories["artists"]["state"]), ("partial", "complete"))
        self.assertIn(f"syncline account login {account}", report.categories["tracks"]["next_step"])
        self.pipeline.cli("account", "login", account, "--password-stdin", text=PASSWORD + "\n")
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server)

    def test_a_playlist_that_is_gone_while_it_is_read_takes_no_other_along(self):
        account, user = self.new_account()
        self.server.edit("playlist-delete", playlist=5, at=3, endpoint="playlist_items", contains=f"u={user}&")
        self.assert_synced(self.pipeline.sync(account, "--only", "playlists"))
        self.assertLessEqual(set(self.server.truth("playlists")), {row[0] for row in self.rows(account, "playlists")})

    # ---- signing in ----

    def refused(self, **options):
        with self.assertRaises(AssertionError) as refused:
            self.account(self.server, **options)
        self.assertIn("nothing was stored", str(refused.exception))
        return str(refused.exception)

    def test_a_wrong_password_is_told_and_stores_nothing(self):
        self.assertIn("does not take user name and password", self.refused(secret="wrong"))
        self.assertIn("does not take the API key", self.refused(secret="wrong", options=("--auth", "apikey")))
        self.assertIn("no user 'nobody'", self.refused(secret=KEY, user="nobody", options=("--auth", "apikey")))

    def test_an_api_key_reads_the_library_of_the_user_it_was_added_for(self):
        account = self.account(self.server, secret=KEY, options=("--auth", "apikey"))
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server)
        self.assertIn("Jellyfin 10.11.2", self.pipeline.cli("account", "test", account).stdout)

    def test_neither_password_nor_key_nor_token_stands_anywhere(self):
        account, user = self.new_account()
        keyed = self.account(self.server, secret=KEY, options=("--auth", "apikey"))
        for each in (account, keyed):
            self.assert_synced(self.pipeline.sync(each, "--only", "artists"))
        for text in (stack.dump_postgres(self.pipeline.name), stack.dump_redis(self.pipeline.redis_database),
                     *(path.read_bytes() for path in self.pipeline.logs())):
            content = text if isinstance(text, bytes) else text.encode()
            for secret in (PASSWORD, KEY, self.server.user_token(user)):
                self.assertNotIn(secret.encode(), content)
        self.assertFalse([request for request in self.server.log() if KEY in request.query], "never in an address")

    # ---- what moves, what dies ----

    def test_tracks_added_while_they_are_read_are_not_missed(self):
        account, user = self.new_account()
        self.server.edit("insert", tracks=30, index=0, at=3, endpoint="tracks", contains=f"u={user}&")
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server, ["tracks"])

    def test_a_pages_length_of_tracks_added_in_front_is_a_library_that_moved(self):
        """The next page begins with the first item of the one before, as if the server did not know offsets (chaos 21/42)."""
        for at in (2, 3, 4):
            with self.subTest(at):
                account, user = self.new_account()
                self.server.edit("insert", tracks=499, index=0, at=at, endpoint="tracks", contains=f"u={user}&")
                self.assert_synced(self.pipeline.sync(account))
                self.assert_library(account, self.server, ["tracks"])

    def test_tracks_removed_behind_the_cursor_cost_no_other(self):
        account, user = self.new_account()
        self.server.edit("remove", tracks=12, index=20, at=3, endpoint="tracks", contains=f"u={user}&")
        self.assert_synced(self.pipeline.sync(account))
        self.assertLessEqual(set(self.server.truth("tracks")), {row[0] for row in self.rows(account, "tracks")})
        for _ in range(2):  # two complete walks must miss them
            self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server, ["tracks"])

    def test_entries_edited_while_they_are_read_are_read_again(self):
        account, user = self.new_account()
        self.server.edit("playlist-remove", playlist=0, entries=9, position=3, at=2, endpoint="playlist_items",
                         contains=f"u={user}&")
        self.assert_synced(self.pipeline.sync(account, "--only", "playlists"))
        self.assert_library(account, self.server, ["playlists"])

    def test_lists_that_are_reordered_while_they_are_read_are_read_again_or_said_to_have_moved(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        self.server.edit("reorder", seed=3, at=3, endpoint="tracks", contains=f"u={user}&")
        report = self.pipeline.sync(account, "--mode", "full")
        self.assert_seen_to_move(report, "tracks")
        self.assert_nothing_live_removed(account, self.server)
        for _ in range(2):
            self.assert_synced(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, self.server)
        self.assert_nothing_live_removed(account, self.server)

    def test_a_fetcher_killed_in_the_middle_goes_on_without_repeating(self):
        account, user = self.new_account()
        for endpoint in ("tracks", "playlist_items"):
            self.server.slow(100, endpoint)
        fetcher = self.pipeline.workers["fetcher-1"]
        sync = self.pipeline.enqueue(account)
        for pages, category in ((2, "tracks"), (4, "playlists")):
            self.wait_pages(sync, pages, category)
            fetcher.kill()
            fetcher.start()
        self.assert_synced(self.pipeline.watch(sync))
        self.assert_library(account, self.server)
        pages = [(request.method, request.query) for request in self.server.log(containing=f"u={user}&")
                 if request.method in ("tracks", "playlist_items") and "startIndex=" in request.query]
        self.assertGreater(len(pages), 20)
        self.assertLessEqual(len(pages) - len(set(pages)), 4, "pages fetched twice: those under way at the two kills")
