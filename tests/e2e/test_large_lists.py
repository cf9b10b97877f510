"""Lists that a server gives in one answer, however long they are: artists, and the entries of a playlist."""
import sys

from case import Case

MIB = 1024 * 1024


class LargeLists(Case):
    SETTINGS = {"request_timeout_ms": 30000}

    def large(self, *flags):
        """A server whose artists are 9 MB in one answer, and 10 MB each of two playlists."""
        server = self.simulator(20000, flags=["--fat", *flags], artists=20000, albums=20000, playlists=2, entries=15000)
        return server, self.account(server)

    def tearDown(self):
        peaks = ", ".join(f"{worker.kind} {worker.status('VmHWM') // 1024}" for worker in self.pipeline.workers.values())
        print(f"[peak MiB: {peaks}] ", end="", file=sys.stderr)
        super().tearDown()

    def check(self, *flags):
        server, account = self.large(*flags)
        report = self.pipeline.sync(account, timeout=180)
        self.assert_complete(report)
        self.assertEqual(report.categories["artists"]["stored"], 20000)
        self.assert_library(account, server)
        self.assertEqual(len(self.entries(account)), 30000)
        again = self.pipeline.sync(account, "--mode", "full", timeout=180)
        self.assert_complete(again, added=0, changed=0, removed=0)
        lists = server.log("getArtists") + server.log("getPlaylist", containing="id=")
        self.assertEqual({request.status for request in lists}, {200})
        return lists

    def test_plain_answers_of_10_mb_are_read(self):
        for request in self.check():
            self.assertGreater(request.bytes, 8 * MIB, request)

    def test_compressed_ones_are_read(self):
        for request in self.check("--gzip"):
            self.assertLess(request.bytes, 8 * MIB, request)

    def test_a_playlist_that_is_larger_than_is_read_costs_itself_alone_however_many_there_are(self):
        server = self.simulator(400, playlists=6)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        playlists = server.truth("playlists")
        server.edit("playlist-add", playlist=0)  # all are read again
        for playlist in playlists[1:]:
            server.fault("large", mb=80, endpoint="getPlaylist", contains=f"id={playlist}", count=0)
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, server)
        told = self.pipeline.sql("SELECT id, entries_refused FROM playlist WHERE entries_refused IS NOT NULL")
        self.assertEqual(sorted(row[0] for row in told), sorted(playlists[1:]))
        for _, cause in told:
            self.assertIn("larger than the 64 MiB that are read", cause)

    def test_artists_that_are_larger_than_is_read_are_told_with_what_can_be_done(self):
        server = self.simulator(400)
        account = self.account(server)
        server.fault("large", mb=80, endpoint="getArtists", count=0)
        report = self.pipeline.sync(account)
        artists = report.categories["artists"]
        self.assertEqual((report.state, artists["state"]), ("partial", "failed"))
        self.assertRegex(artists["cause"], "larger than the 64 MiB that are read")
        self.assertRegex(artists["next_step"], "one answer.*fewer libraries")
        self.assertEqual(len(server.log("getArtists")), 1, "it will not be smaller when it is asked for again")
        self.assert_library(account, server, ["albums", "tracks", "playlists"])
