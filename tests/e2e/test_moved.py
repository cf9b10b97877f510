"""The library changes while it is read."""
from case import Case


class Moved(Case):
    SETTINGS = {"page_size": 50}

    def sync(self, *edits, tracks=1000, **account):
        """A first complete sync, then one during which the edits happen before the named search3 requests."""
        server = self.simulator(tracks)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        for op, at, parameters in edits:
            server.edit(op, at=at, endpoint="search3", **parameters)
        report = self.pipeline.sync(account, "--mode", "full")
        return server, account, report

    def removed(self, account):
        return {row[0] for row in self.pipeline.sql(f"SELECT id FROM removal WHERE category = 'tracks' "
                                                    f"AND account_id = {self.pipeline.account_id(account)}")}

    def assert_walked_again(self, server, account, report):
        self.assert_complete(report)
        tracks = report.categories["tracks"]
        self.assertEqual((tracks["walk"], tracks["moved"]), (1, False), "read once more, and then it held still")
        self.assertFalse(self.removed(account) & set(server.truth("tracks")), "no live item was ever removed")

    def test_tracks_inserted_at_the_head_without_a_sign_make_the_walk_repeat(self):
        server, account, report = self.sync(("insert", 8, {"tracks": 7, "index": 0, "silent": 1}))
        self.assert_walked_again(server, account, report)
        self.assert_library(account, server, ["tracks"])  # the album came after albums were read

    def test_tracks_removed_behind_the_cursor_without_a_sign_make_the_walk_repeat(self):
        server, account, report = self.sync(("remove", 8, {"tracks": 7, "index": 20, "silent": 1}))
        self.assert_walked_again(server, account, report)
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, server, ["tracks"])

    def test_a_change_that_the_fence_shows_makes_the_walk_repeat(self):
        server, account, report = self.sync(("insert", 15, {"tracks": 5, "index": 900}))
        self.assert_complete(report)
        self.assertGreaterEqual(report.categories["tracks"]["walk"], 1)
        self.assert_library(account, server, ["tracks"])

    def test_tracks_removed_just_before_the_end_are_not_taken_for_the_end(self):
        server, account, report = self.sync(("remove", 20, {"tracks": 60, "index": 0, "silent": 1}))
        self.assert_complete(report)
        self.assertFalse(self.removed(account) & set(server.truth("tracks")))
        self.assertLessEqual(set(server.truth("tracks")), {row[0] for row in self.rows(account, "tracks")})

    def test_a_library_that_never_holds_still_is_complete_and_says_that_it_moved(self):
        edits = [("insert", 3, {"tracks": 1, "index": 0, "silent": 1, "every": 3, "count": 0}),
                 ("remove", 4, {"tracks": 1, "index": 300, "silent": 1, "every": 5, "count": 0})]
        server, account, report = self.sync(*edits)
        self.assert_complete(report)
        self.assertTrue(report.categories["tracks"]["moved"])
        self.assertEqual(report.categories["tracks"]["removed"], 0, "a walk that moved removes nothing")
        shown = self.pipeline.cli("watch", report.sync).stdout
        self.assertIn("moved", shown, "the report says so")
        self.assertEqual(shown.count("tracks: the library changed while it was read"), 1, "and once")
        server.reset("edits")
        for _ in range(2):
            self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, server, ["artists", "albums", "tracks"])

    def test_a_playlist_that_is_edited_while_it_is_read_is_whole_in_the_end(self):
        server = self.simulator(500)
        account = self.account(server)
        server.edit("playlist-add", playlist=1, entries=10, position=0, at=3, endpoint="getPlaylist")
        server.edit("playlist-delete", playlist=2, at=4, endpoint="getPlaylist")
        self.assert_complete(self.pipeline.sync(account))
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, server)

    def test_edited_playlists_keep_order_and_duplicates(self):
        server = self.simulator(500)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        server.edit("playlist-shuffle", playlist=0, seed=5)
        server.edit("playlist-add", playlist=1, entries=40, position=3)
        server.edit("playlist-remove", playlist=3, entries=29, position=0)
        server.edit("playlist-create", entries=12)
        server.edit("playlist-delete", playlist=4)
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, server)
