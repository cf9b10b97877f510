"""Spotify's libraries at size: small, large, with pages of megabytes, and a fleet that meets the provider's limit."""
from spotify import SpotifyCase


class Sizes(SpotifyCase):
    def check(self, server):
        account = self.account(server)
        report = self.pipeline.sync(account, timeout=300)
        self.assert_synced(report)
        self.assert_library(account, server)
        last = max(server.truth("artists", names=True), key=lambda row: row[1])
        self.assertIn(last[0], [row[0] for row in self.rows(account, "artists")], "the last artist alphabetically is there")
        return report

    def test_two_hundred_artists_and_fifty_playlists_are_all_here(self):
        self.check(self.spotify(800, artists=200, albums=200, playlists=50, entries=60))

    def test_fifteen_hundred_artists_three_thousand_albums_and_twenty_thousand_tracks_are_all_here(self):
        self.check(self.spotify(20000, artists=1500, albums=3000, playlists=20, entries=150))

    def test_two_hundred_thousand_tracks_are_all_here(self):
        server = self.spotify(200000, artists=2000, albums=4000, playlists=100, entries=100)
        account = self.account(server)
        report = self.pipeline.sync(account, timeout=600)
        self.assert_synced(report)
        here = self.assert_same_figures(account, server)
        self.assertGreater(here["tracks"][0], 196000, "all but those that Spotify counts and does not show")
        self.assertGreater(here["entries"][0], 8000)

    def test_five_malformed_of_a_thousand_artists_cost_five(self):
        server = self.spotify(2000, artists=1000, albums=1000)
        account = self.account(server)
        # Without id, without name and with a negative duration in turn; artists have none, so two of the seven are good.
        server.fault("malformed", items=7, endpoint="following", contains="limit=50")
        report = self.pipeline.sync(account, "--only", "artists")
        self.assertEqual(report.state, "complete")
        self.assertIn("995 of 1,000 items synced (5 errors)", self.pipeline.cli("watch", report.sync).stdout)

    def test_a_last_page_that_shows_nothing_of_what_it_counts_is_believed_in_the_end(self):
        """Its only track is one of those that Spotify counts and does not show (chaos 11/25)."""
        server = self.spotify(401)
        self.check(server)
        self.assertEqual(len(server.log("tracks", containing="offset=400")), 3, "asked again as often as the settings say")

    def test_albums_with_all_their_markets_come_in_pages_of_megabytes(self):
        server = self.spotify(3000, flags=("--fat",), albums=60)
        self.check(server)
        self.assertGreater(max(request.bytes for request in server.log("albums")), 2000000)

    def test_a_page_that_is_too_large_is_asked_for_in_parts(self):
        server = self.spotify()
        server.fault("large", mb=80, endpoint="albums", contains="limit=50", count=0)
        self.check(server)
        self.assertTrue(server.log("albums", containing="limit=25"))


class Storm(SpotifyCase):
    """Eight accounts of one app, two fetchers, and a provider that refuses most of what they ask."""

    def test_a_storm_of_429_ends_complete_and_no_request_is_sent_inside_a_pause(self):
        self.pipeline.start("fetcher")
        server = self.spotify(200, artists=40, albums=30, playlists=4, entries=30)
        accounts = [self.account(server, user=f"u{number}") for number in range(8)]
        server.reset("log")
        server.limit(30, 4000)
        syncs = [self.pipeline.enqueue(account) for account in accounts]
        for account, sync in zip(accounts, syncs):
            self.assert_synced(self.pipeline.watch(sync, timeout=180))
            self.assert_library(account, server)
        self.assertGreater(sum(request.status == 429 for request in server.log()), 3, "the limit was met")
        self.assertEqual(server.stats()["early"], 0, "only what was on its way when a pause began came in it")
