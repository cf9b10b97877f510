"""A whole Spotify library: what is saved, followed and listed, in both shapes of the answers, with everything that is odd
about it; access tokens that end, a fleet that shares one app's rate, and a library that moves.
"""
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

    def test_a_sign_in_that_was_taken_back_fails_with_the_command_that_mends_it(self):
        account, user = self.new_account()
        self.server.revoke(user)
        report = self.pipeline.sync(account)
        self.assertEqual(report.state, "failed")
        self.assertIn(f"syncline account login {account}", str(report.all))

    def test_a_missing_scope_leaves_the_other_categories_complete(self):
        account, user = self.new_account()
        self.server.grant("user-library-read playlist-read-private playlist-read-collaborative", user)
        report = self.pipeline.sync(account)
        self.assertEqual(report.state, "partial")
        self.assertEqual({name: row["state"] for name, row in report.categories.items()},
                         {"artists": "failed", "albums": "complete", "tracks": "complete", "playlists": "complete"})
        self.assertIn("login", report.categories["artists"]["next_step"])

    def test_tracks_saved_and_unsaved_while_they_are_read_are_not_missed(self):
        for edit in ({"op": "insert", "tracks": 30, "index": 0}, {"op": "remove", "tracks": 12, "index": 20}):
            with self.subTest(edit["op"]):
                account, user = self.new_account()
                self.server.edit(**edit, at=5, endpoint="tracks", contains=f"u={user}")
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
        self.assertLessEqual(len(pages) - len(set(pages)), 6, "pages fetched twice: those under way at the two kills")

    def test_a_429_is_waited_for_and_no_request_is_sent_inside_the_pause(self):
        account, user = self.new_account()
        self.server.fault("failed", status=429, retry_after=3, endpoint="tracks", contains=f"u={user}", nth=4)
        began = time.monotonic()
        self.assert_synced(self.pipeline.sync(account))
        self.assertGreaterEqual(time.monotonic() - began, 3)
        self.assertEqual(self.server.stats()["early"], 0)
        self.assert_library(account, self.server)
