"""What a sync costs the provider: the figure in the report is what the server counted, and the fewest possible beside it."""
import collections
import math

from case import Case
from spotify import SpotifyCase

PAGE = 50  # the largest that Spotify gives
SIGNING_IN = ("token", "authorize")


class Requests(SpotifyCase):
    def pages(self, account):
        """The fewest requests that can read what is stored."""
        lists = [self.pipeline.value(f"SELECT count(*) FROM {table} WHERE account_id = {self.pipeline.account_id(account)}")
                 for table in ("artist", "album", "track", "playlist")]
        entries = collections.Counter(row[0] for row in self.pipeline.sql(
            "SELECT p.id FROM playlist p LEFT JOIN playlist_entry e ON e.account_id = p.account_id AND e.playlist_id = p.id "
            f"WHERE p.account_id = {self.pipeline.account_id(account)}"))
        return sum(max(1, math.ceil(int(count) / PAGE)) for count in [*lists, *entries.values()])

    def sent(self, report):
        return sum(row["requests"] for row in report.categories.values())

    def needed(self, report):
        return sum(row["requests_needed"] for row in report.categories.values())

    def asked(self, server):
        return [request for request in server.log() if request.method not in SIGNING_IN]

    def test_the_figure_of_a_whole_library_is_what_the_server_counted(self):
        server = self.spotify()
        account = self.account(server)
        server.reset("log")
        server.fault("status", status=500, endpoint="tracks", nth=3)
        report = self.pipeline.sync(account)
        self.assert_synced(report)
        self.assertEqual(self.sent(report), len(self.asked(server)), "the one that was asked again counts twice")
        self.assertEqual(self.needed(report), self.pages(account))
        self.assertLessEqual(self.sent(report), self.needed(report) + 12, "signing in, two fences a category, a retry")
        shown = self.pipeline.cli("status", account).stdout
        self.assertIn(f"{self.sent(report)} requests sent; the fewest that could have done: {self.needed(report)}", shown)

    def test_a_category_in_which_nothing_changed_costs_one_request(self):
        server = self.spotify()
        account = self.account(server)
        self.assert_synced(self.pipeline.sync(account))
        report = self.pipeline.sync(account, "--only", "tracks")
        self.assert_synced(report)
        row = report.categories["tracks"]
        self.assertTrue(row["unchanged"])
        self.assertEqual((row["requests"], row["requests_needed"]), (2, 1), "one of them signs in")


class OpenSubsonicRequests(Case):
    def test_the_figure_is_what_the_server_counted(self):
        server = self.simulator(1300)
        account = self.account(server)
        server.reset("log")
        report = self.pipeline.sync(account)
        self.assert_complete(report)
        self.assertEqual(sum(row["requests"] for row in report.categories.values()), len(server.log()))
        self.assertLess(sum(row["requests_needed"] for row in report.categories.values()), len(server.log()))
