"""A whole Spotify library: what is saved, followed and listed, in both shapes of the answers, with everything that is odd
about it; access tokens that end, a fleet that shares one app's rate, and a library that moves.
"""
import collections
import re
import time

from spotify import SpotifyCase


class Shapes(SpotifyCase):
    def check(self, flavour):
        server = self.spotify(flavour=flavour)
        account = self.account(server)
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, server)
        last = max(server.truth("artists", names=True), key=lambda row: row[1])
        self.assertIn(last[0], [row[0] for row in self.rows(account, "artists")], "the last artist alphabetically is there")
        refused = sorted(row if isinstance(row, str) else row[0] for row in server.truth("refused"))
        told = [row[0] for row in self.pipeline.sql("SELECT id FROM playlist WHERE entries_refused IS NOT NULL "
                f"AND account_id = {self.pipeline.account_id(account)} ORDER BY id")]
        self.assertEqual(told, refused, "playlists that may not be read are recorded as such")

    def test_the_shape_of_2025_is_read_whole(self):
        self.check("spotify")

    def test_the_shape_of_2026_is_read_whole(self):
        self.check("spotify-2026")

    def test_answers_with_both_names_are_read_whole(self):
        self.check("spotify-both")

    def test_a_second_sync_changes_no_row_and_reads_no_playlist_again_in_any_shape(self):
        for flavour in ("spotify", "spotify-2026", "spotify-both"):
            with self.subTest(flavour):
                server = self.spotify(flavour=flavour)
                account = self.account(server)
                self.assert_synced(self.pipeline.sync(account))
                before = self.content(account), self.versions(account, ("artist", "album", "track", "playlist_entry"))
                server.reset("log")
                self.assert_synced(self.pipeline.sync(account))
                # A playlist's row may be told another reason for its refusal: the other path's, where both are still tried.
                self.assertEqual((self.content(account), self.versions(account, ("artist", "album", "track", "playlist_entry"))), before)
                asked = {re.search(r"id=([^&]*)", request.query).group(1) for request in server.log("playlist_items")}
                again = {row[0] for row in self.pipeline.sql(
                    "SELECT id FROM playlist WHERE (version IS NULL OR entries_refused IS NOT NULL) "
                    f"AND account_id = {self.pipeline.account_id(account)}")}
                self.assertLessEqual(asked, again, "only Spotify's own, whose snapshot says nothing, and those refused before")
                self.assertLess(len(again), 5)

    def test_the_old_path_of_entries_is_found_once_and_then_taken(self):
        server = self.spotify(flavour="spotify", playlists=20)
        self.assert_synced(self.pipeline.sync(self.account(server), "--only", "playlists"))
        asked = server.log("playlist_items")
        self.assertEqual([request.status for request in asked if "part=items" in request.query], [404])
        self.assertGreater(len(asked), 10)


class Resumed(SpotifyCase):
    """By a fetcher that asks for pages of another size, as after a change of settings, or where a server was slow."""

    WORKERS = ("parser", "writer")

    def test_playlists_are_all_there_when_the_next_fetcher_asks_for_larger_pages(self):
        server = self.spotify(playlists=45, entries=5)
        account = self.account(server)
        server.slow(150, "playlist_items")
        [first] = self.pipeline.start("fetcher", page_size=20)
        sync = self.pipeline.enqueue(account, "--only", "playlists")
        self.wait_until(lambda: len(server.log("playlist_items")) >= 5, "some playlists are read", 30)
        first.kill()
        self.pipeline.remove(first)
        self.pipeline.start("fetcher", page_size=50)
        server.reset("faults")
        self.assert_synced(self.pipeline.watch(sync))
        self.assert_library(account, server, ["playlists"])


class Spotify(SpotifyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.spotify()

    def setUp(self):
        super().setUp()
        for what in ("faults", "edits", "library", "log", "grants"):
            self.server.reset(what)

    def new_account(self):
        user = f"user{type(self).accounts}"
        return self.account(self.server, user, user=user), user

    def test_an_access_token_that_ends_in_the_middle_is_refreshed_once(self):
        account, user = self.new_account()
        self.server.slow(100, "tracks")
        sync = self.pipeline.enqueue(account)
        self.wait_pages(sync, 3)
        self.server.revoke(user, "access")
        self.assert_synced(self.pipeline.watch(sync))
        self.assert_library(account, self.server)
        self.assertEqual(self.server.stats()["reused"], 0, "no refresh token was used twice")

    def test_a_new_token_that_is_refused_again_is_refreshed_once_and_no_more(self):
        account, user = self.new_account()
        before = self.server.stats()["refreshes"]
        self.server.fault("failed", status=401, endpoint="tracks", contains=f"u={user}&limit=50", count=0)
        report = self.pipeline.sync(account)
        self.assertEqual((report.state, report.categories["tracks"]["state"]), ("partial", "failed"))
        self.assertEqual(self.server.stats()["refreshes"] - before, 1, "the token of the sign-in was new enough")
        self.assert_needs_auth(account)

    def test_a_token_that_lives_shorter_than_it_is_renewed_ahead_is_used_before_it_is_renewed(self):
        server = self.spotify(flags=("--token-life", "20"))
        account = self.account(server)
        before = server.stats()["refreshes"]
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, server)
        stats = server.stats()
        self.assertLessEqual(stats["refreshes"] - before, len([request for request in server.log() if request.method != "token"]))
        self.assertEqual(stats["reused"], 0)

    def test_entries_that_a_playlist_counts_and_once_does_not_show_are_asked_for_again(self):
        server = self.spotify(entries=40)
        account = self.account(server)
        entries = collections.Counter(line[0] for line in server.truth("entries"))
        own = next(playlist for playlist, count in entries.items() if 20 < count <= 50)  # in one page
        server.fault("short", items=40, endpoint="playlist_items", contains=f"id={own}&part=tracks")
        self.assert_synced(self.pipeline.sync(account))
        self.assertIn("short", [request.fault for request in server.log("playlist_items", own) if request.status == 200])
        self.assert_library(account, server)

    def test_a_page_of_entries_that_is_short_in_the_midst_is_asked_for_again(self):
        server = self.spotify(entries=200)
        account = self.account(server)
        server.fault("short", items=3, endpoint="playlist_items", contains="&offset=50", every=2)
        self.assert_synced(self.pipeline.sync(account))
        self.assertIn("short", [request.fault for request in server.log("playlist_items", "&offset=50")])
        self.assert_library(account, server)

    def test_a_page_of_entries_that_is_shorter_still_when_it_is_asked_for_again_is_not_believed(self):
        server = self.spotify(entries=200)
        account = self.account(server)
        own = server.truth("playlists")[0]
        page = {"endpoint": "playlist_items", "contains": f"id={own}&part=tracks&limit=50&offset=50"}
        server.fault("short", items=30, every=2, **page)
        server.fault("short", items=1, count=0, **page)
        self.assert_synced(self.pipeline.sync(account))
        truth = [line[2] for line in server.truth("entries") if line[0] == own]
        found = [row[0] for row in self.pipeline.sql("SELECT position FROM playlist_entry WHERE account_id = "
                 f"{self.pipeline.account_id(account)} AND playlist_id = '{own}' ORDER BY position")]
        self.assertEqual([int(row) for row in found], [place for place in range(len(truth)) if place != 99])

    def test_a_playlist_that_is_not_there_and_short_in_turn_is_asked_for_so_often_and_no_more(self):
        server = self.spotify(entries=40)
        account = self.account(server)
        own = server.truth("playlists")[0]
        server.fault("failed", status=404, endpoint="playlist_items", contains=f"id={own}&", every=2)
        server.fault("short", items=3, endpoint="playlist_items", contains=f"id={own}&", count=0)
        self.assert_synced(self.pipeline.sync(account))
        self.assertLess(len(server.log("playlist_items", f"id={own}&")), 10)

    def test_where_a_page_in_the_midst_hides_entries_none_of_those_before_is_left(self):
        account, user = self.new_account()
        own = self.server.truth("playlists")[0]
        self.server.edit("playlist-add", playlist=0, entries=400)
        self.assert_synced(self.pipeline.sync(account))
        self.server.fault("short", items=3, endpoint="playlist_items", count=0,
                          contains=f"u={user}&id={own}&part=tracks&limit=50&offset=100")
        self.assert_synced(self.pipeline.sync(account, "--mode", "full"))
        self.assertIn("short", [request.fault for request in self.server.log("playlist_items", own)])
        count = sum(line[0] == own for line in self.server.truth("entries"))
        found = [row[0] for row in self.pipeline.sql("SELECT position FROM playlist_entry WHERE account_id = "
                 f"{self.pipeline.account_id(account)} AND playlist_id = '{own}' ORDER BY position")]
        self.assertEqual([int(row) for row in found], [*range(147), *range(150, count)])

    def test_a_playlist_whose_page_is_broken_for_ever_costs_no_other(self):
        for fault in ({"status": 200, "body": '{"items":[{'}, {"status": 502}):
            with self.subTest(fault):
                self.costs_no_other(fault)

    def test_playlists_that_are_broken_for_ever_cost_no_other_however_many(self):
        server = self.spotify(playlists=20, entries=5)
        account = self.account(server)
        broken = server.truth("playlists")[::4]
        for own in broken:
            server.fault("status", status=502, endpoint="playlist_items", contains=f"id={own}&", count=0)
        report = self.pipeline.sync(account)
        self.assert_synced(report)
        self.assertGreater(len(broken), 3)
        self.assertLessEqual(set(broken), self.refused(account))

    def costs_no_other(self, fault):
        account, user = self.new_account()
        own = self.server.truth("playlists")[0]
        self.server.fault("status", endpoint="playlist_items", contains=f"u={user}&id={own}", count=0, **fault)
        self.assert_synced(self.pipeline.sync(account))
        self.assertEqual(self.refused(account), {own})
        truth = [line for line in self.server.truth("entries") if line[0] != own]
        self.assertEqual(len(self.pipeline.sql("SELECT 1 FROM playlist_entry WHERE account_id = "
                                               f"{self.pipeline.account_id(account)}")), len(truth))

    def test_a_playlist_that_gets_shorter_than_where_it_is_read_takes_in_no_entry_twice(self):
        account, user = self.new_account()
        own = self.server.truth("playlists")[0]
        self.server.edit("playlist-add", playlist=0, entries=400)
        self.server.edit("playlist-remove", playlist=0, entries=8, position=0, at=3, every=2, count=0, endpoint="playlist_items",
                         contains=f"u={user}&id={own}&part=tracks")
        self.server.edit("playlist-remove", playlist=0, entries=300, position=0, at=9, endpoint="playlist_items",
                         contains=f"u={user}&id={own}&part=tracks")
        self.pipeline.sync(account)
        self.server.reset("edits")
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server, ["playlists"])

    def test_a_sign_in_that_was_taken_back_fails_with_the_command_that_mends_it(self):
        account, user = self.new_account()
        self.server.revoke(user)
        report = self.pipeline.sync(account)
        self.assertEqual(report.state, "failed")
        self.assert_needs_auth(account)
        self.login(self.server, account, user)
        self.assertNotIn("needs_auth", self.pipeline.cli("status", account).stdout)
        self.assertFalse(self.pipeline.status(account)["needs_auth"])
        self.assert_synced(self.pipeline.sync(account))

    def refused(self, account):
        return {row[0] for row in self.pipeline.sql("SELECT id FROM playlist WHERE entries_refused IS NOT NULL "
                                                    f"AND account_id = {self.pipeline.account_id(account)}")}

    def test_a_playlist_that_is_not_found_once_is_asked_again(self):
        account, user = self.new_account()
        own = self.server.truth("playlists")[0]
        self.server.fault("failed", status=404, endpoint="playlist_items", contains=f"u={user}&id={own}&part=tracks")
        self.assert_synced(self.pipeline.sync(account))
        self.assertEqual(self.refused(account), set())
        self.assert_library(account, self.server)

    def test_a_playlist_that_was_refused_is_asked_for_again_after_some_hours_and_not_before(self):
        account, user = self.new_account()
        own = self.server.truth("playlists")[0]
        here = f"u={user}&id={own}&part=tracks"
        self.server.fault("failed", status=404, endpoint="playlist_items", contains=here, count=2)
        self.assert_synced(self.pipeline.sync(account))
        self.assertEqual(self.refused(account), {own})
        self.assert_synced(self.pipeline.sync(account))
        self.assertEqual(len(self.server.log("playlist_items", here)), 2, "its snapshot is that at which it was refused")
        self.pipeline.sql("UPDATE playlist SET entries_refused_at = entries_refused_at - interval '21 hours' "
                          f"WHERE id = '{own}' AND account_id = {self.pipeline.account_id(account)}")
        self.server.edit("playlist-add", playlist=3)  # another one: the list is read
        self.assert_synced(self.pipeline.sync(account))
        self.assertEqual(self.refused(account), set())
        self.assert_library(account, self.server)

    def pass_time(self, account, hours, column="entries_read_at", where="true"):
        """As if playlists had been read so long ago, and their list a day: a list that is as it was is left unread for hours."""
        number = self.pipeline.account_id(account)
        self.pipeline.sql(f"UPDATE playlist SET {column} = {column} - interval '{hours} hours' WHERE account_id = {number} AND {where}")
        self.pipeline.sql(f"UPDATE library SET complete_at = complete_at - interval '21 hours' WHERE account_id = {number}")

    def entries_asked(self, account):
        """Playlists whose entries an incremental sync asks for, but for Spotify's own, whose snapshot says nothing."""
        self.server.reset("log")
        self.assert_synced(self.pipeline.sync(account, "--only", "playlists"))
        self.assertTrue(self.server.log("playlists"), "the list was read")
        asked = {re.search(r"id=([^&]*)", request.query).group(1) for request in self.server.log("playlist_items")}
        return asked & {row[0] for row in self.pipeline.sql(
            f"SELECT id FROM playlist WHERE version IS NOT NULL AND account_id = {self.pipeline.account_id(account)}")}

    def test_entries_that_are_altered_without_a_sign_are_read_again_after_some_days(self):
        account, _ = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        own = self.server.truth("playlists")[0]
        self.pipeline.sql("UPDATE playlist_entry SET track_id = 'linked', content_hash = 0 WHERE position = 1 "
                          f"AND playlist_id = '{own}' AND account_id = {self.pipeline.account_id(account)}")
        self.pass_time(account, 35)
        self.assertEqual(self.entries_asked(account), set(), "half of the three days has not passed")
        self.assertIn("linked", self.entries_of(account, own))
        self.pass_time(account, 108 - 35, where=f"id = '{own}'")
        self.assertEqual(self.entries_asked(account), {own})
        self.assert_library(account, self.server, ["playlists"])
        self.pass_time(account, 0)
        self.assertEqual(self.entries_asked(account), set(), "what was read now is known for days again")

    def test_a_playlist_that_was_shown_shorter_than_it_counts_is_read_again_after_some_hours_and_not_before(self):
        account, user = self.new_account()
        entries = collections.Counter(line[0] for line in self.server.truth("entries"))
        own = next(playlist for playlist, count in entries.items() if 65 < count < 100)  # in two pages
        self.server.fault("short", items=40, endpoint="playlist_items", count=2,
                          contains=f"u={user}&id={own}&part=tracks&limit=50&offset=50")
        self.assert_synced(self.pipeline.sync(account))
        self.assertEqual(len(self.entries_of(account, own)), 60, "what it insists on is believed")
        self.pass_time(account, 19)
        self.assertEqual(self.entries_asked(account), set())
        self.pass_time(account, 2)
        self.assertEqual(self.entries_asked(account), {own})
        self.assert_library(account, self.server, ["playlists"])
        self.pass_time(account, 21)
        self.assertEqual(self.entries_asked(account), set(), "it is whole")

    def test_a_missing_scope_is_named_and_leaves_the_other_categories_complete(self):
        scopes = {"user-follow-read": ["artists"], "user-library-read": ["albums", "tracks"],
                  "playlist-read-private": ["playlists"]}
        for missing, categories in scopes.items():
            with self.subTest(missing):
                account, user = self.new_account()
                self.server.grant(" ".join(scope for scope in (*scopes, "playlist-read-collaborative") if scope != missing), user)
                report = self.pipeline.sync(account)
                self.assertEqual(report.state, "partial")
                self.assertEqual(set(report.categories), {"artists", "albums", "tracks", "playlists"})
                for name, row in report.categories.items():
                    self.assertEqual(row["state"], "failed" if name in categories else "complete", name)
                    if name in categories:
                        self.assertIn(missing, row["next_step"])
                        self.assertIn(f"syncline account login {account}", row["next_step"])
                self.assertIn(missing, self.pipeline.cli("status", account).stdout)

    def test_what_is_altered_without_a_sign_is_read_again_after_some_hours(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        self.pipeline.sql(f"UPDATE track SET popularity = -1 WHERE account_id = {self.pipeline.account_id(account)}")
        report = self.pipeline.sync(account)
        self.assertTrue(report.categories["tracks"]["unchanged"])
        self.assertIn("nothing was added or removed", report.categories["tracks"]["cause"])
        self.pipeline.sql("UPDATE library SET complete_at = complete_at - interval '21 hours' "
                          f"WHERE account_id = {self.pipeline.account_id(account)}")
        self.server.reset("log")
        self.assertFalse(self.pipeline.sync(account).categories["tracks"]["unchanged"])
        self.assertGreater(len(self.server.log("tracks", "limit=50")), 7, "the whole list")

    def test_tracks_saved_and_unsaved_while_they_are_read_are_not_missed(self):
        for edit in ({"op": "insert", "tracks": 30, "index": 0}, {"op": "remove", "tracks": 12, "index": 20}):
            with self.subTest(edit["op"]):
                account, user = self.new_account()
                self.server.edit(**edit, at=5, endpoint="tracks", contains=f"u={user}")
                self.assert_synced(self.pipeline.sync(account))
                self.assertLessEqual(set(self.server.truth("tracks")), {row[0] for row in self.rows(account, "tracks")})
                for _ in range(2):  # some are counted and not shown, so a removal needs two walks; the one before the edit saw all
                    self.assert_synced(self.pipeline.sync(account))
                self.assert_library(account, self.server, ["tracks"])

    def test_lists_that_are_reordered_while_they_are_read_are_read_again_or_said_to_have_moved(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        for endpoint in ("tracks", "albums"):
            with self.subTest(endpoint):
                self.server.edit("reorder", seed=3, at=2, endpoint=endpoint, contains=f"u={user}&limit=50")
                report = self.pipeline.sync(account, "--mode", "full")
                self.assert_seen_to_move(report, endpoint)
                self.assert_nothing_live_removed(account, self.server)
        self.assert_synced(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, self.server)
        self.assert_nothing_live_removed(account, self.server)

    def test_playlists_that_are_edited_while_they_are_read_are_whole_in_the_end(self):
        account, user = self.new_account()
        own = self.server.truth("playlists")[0]
        self.assert_synced(self.pipeline.sync(account))
        for edit in ({"op": "playlist-shuffle", "seed": 4}, {"op": "playlist-remove", "entries": 9, "position": 3}):
            with self.subTest(edit["op"]):
                self.server.edit(playlist=0, at=2, endpoint="playlist_items", contains=f"u={user}&id={own}", **edit)
                report = self.pipeline.sync(account, "--mode", "full")
                self.assert_seen_to_move(report, "playlists")
                self.assert_nothing_live_removed(account, self.server)
                self.assert_library(account, self.server, ["playlists"])

    def test_a_list_that_is_once_empty_at_its_beginning_is_asked_again(self):
        account, user = self.new_account()
        for endpoint in ("following", "albums", "tracks", "playlists", "playlist_items"):
            self.server.fault("empty", endpoint=endpoint, contains=f"u={user}&", nth=2)
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server)

    def test_one_short_page_removes_no_live_track(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        self.server.fault("short", items=20, endpoint="tracks", contains=f"u={user}&limit=50&offset=100")
        report = self.pipeline.sync(account, "--mode", "full")
        self.assert_synced(report)
        self.assertEqual(report.categories["tracks"]["removed"], 0, "what was not listed is not proved to be gone")
        self.assert_library(account, self.server, ["tracks"])

    def test_items_that_a_list_counts_and_once_does_not_show_are_asked_for_again(self):
        """In the midst and at the end: a first sync has nothing to compare with, and its fence would stand for a day."""
        for category, endpoint, places in (("tracks", "tracks", ("offset=100", "offset=350")), ("albums", "albums", ("offset=0", "offset=50"))):
            for place in places:
                with self.subTest(category=category, place=place):
                    account, user = self.new_account()
                    self.server.fault("short", items=12, endpoint=endpoint, contains=f"u={user}&limit=50&{place}")
                    self.assert_synced(self.pipeline.sync(account, "--only", category))
                    self.assertIn("short", [request.fault for request in self.server.log(endpoint, f"u={user}&")])
                    self.assert_library(account, self.server, [category])

    def test_a_page_that_begins_too_early_is_asked_again(self):
        """It shows some items twice and others never, and the list's length is right all the same (chaos 21/53)."""
        for place in ("limit=50&offset=100", "offset="):
            with self.subTest(place):
                account, user = self.new_account()
                self.server.fault("repeat", items=4, endpoint="tracks", contains=f"u={user}&{place}", nth=1 if "limit" in place else 4)
                report = self.pipeline.sync(account)
                self.assert_synced(report)
                self.assertFalse(report.categories["tracks"]["moved"])
                self.assert_library(account, self.server, ["tracks"])

    def test_a_server_that_gives_the_first_page_whatever_is_asked_for_fails_and_loses_nothing(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        self.server.fault("repeat", items=100000, endpoint="tracks", contains=f"u={user}&limit=50", count=0)
        report = self.pipeline.sync(account, "--mode", "full")
        self.assertEqual(report.categories["tracks"]["state"], "partial")
        self.assertIn("the same page whatever offset", report.categories["tracks"]["cause"])
        self.assertRegex("".join(path.read_text() for path in self.pipeline.logs()), r"tracks: partial: 49 of ~\d+ items synced; the server gives")
        self.assert_library(account, self.server, ["tracks"])

    def test_a_page_that_begins_too_early_again_and_again_removes_no_live_track(self):
        """The same number of items is shown twice as is never shown, and nothing else tells."""
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        self.server.fault("repeat", items=4, endpoint="tracks", contains=f"u={user}&limit=50&offset=100", count=3)
        report = self.pipeline.sync(account, "--mode", "full")
        self.assertEqual(report.categories["tracks"]["removed"], 0)
        self.assert_library(account, self.server, ["tracks"])

    def test_a_page_of_entries_that_comes_once_more_is_asked_again(self):
        """Nothing else tells: as many are shown as there are, and playlists may repeat."""
        server = self.spotify(entries=200)
        account = self.account(server)
        server.fault("repeat", items=50, endpoint="playlist_items", contains="offset=50", count=2)
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, server, ["playlists"])
        asked = server.log("playlist_items", "offset=50")
        server.fault("repeat", items=50, endpoint="playlist_items", contains="offset=50", count=0)
        self.assert_synced(self.pipeline.sync(account, "--mode", "full"))
        insisted = len(server.log("playlist_items", "offset=50")) - len(asked)
        self.assertEqual(insisted, (len(asked) - 2) * (1 + self.RETRIES), "what it insists on is believed")

    def test_entries_of_a_playlist_that_ends_too_early_for_ever_stay(self):
        account, _ = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        self.server.fault("empty", endpoint="playlist_items", contains="offset=50", count=0)
        report = self.pipeline.sync(account, "--mode", "full")
        self.assertEqual(report.categories["playlists"]["state"], "complete")
        self.assertTrue(self.refused(account), "it is told which were not read to their end")
        self.server.reset("faults")
        self.assert_library(account, self.server, ["playlists"])

    def test_a_page_that_says_once_too_early_that_it_is_the_last_is_asked_again(self):
        account, user = self.new_account()
        for endpoint in ("following", "tracks", "playlist_items"):
            self.server.fault("last", endpoint=endpoint, contains=f"u={user}&", nth=2)
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server)

    def test_a_list_that_ends_for_ever_before_its_length_is_complete_and_says_so_and_holds_what_it_misses(self):
        account, user = self.new_account()
        self.assert_synced(self.pipeline.sync(account))
        self.server.fault("last", endpoint="tracks", contains=f"u={user}&limit=50&offset=300", count=0)
        for _ in range(2):
            report = self.pipeline.sync(account, "--mode", "full")
            self.assert_synced(report)
            self.assertIn("ended before the length that it tells", report.categories["tracks"]["cause"])
            self.assert_library(account, self.server, ["tracks"])
        self.assertEqual(report.categories["tracks"]["removed"], 0)
        self.assertIn(f"syncline confirm {account}", report.categories["tracks"]["next_step"])
        self.server.reset("faults")
        self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, self.server, ["tracks"])

    def test_a_fetcher_killed_in_the_middle_goes_on_without_repeating(self):
        account, user = self.new_account()
        for endpoint in ("tracks", "playlist_items"):
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
                 if request.method in ("tracks", "playlist_items") and "limit=50" in request.query]
        self.assertLessEqual(len(pages) - len(set(pages)), 10, "pages fetched twice: those under way at the two kills, and short ones")

    def test_a_429_is_waited_for_and_no_request_is_sent_inside_the_pause(self):
        account, user = self.new_account()
        self.server.fault("failed", status=429, retry_after=3, endpoint="tracks", contains=f"u={user}", nth=4)
        began = time.monotonic()
        self.assert_synced(self.pipeline.sync(account))
        self.assertGreaterEqual(time.monotonic() - began, 3)
        self.assertEqual(self.server.stats()["early"], 0)
        self.assert_library(account, self.server)
