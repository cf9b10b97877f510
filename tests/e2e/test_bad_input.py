"""A server that answers badly: once, and for ever."""
import calendar
import collections
import json
import time

import stack
from case import Case
from receiver import Receiver
from relay import Relay
from simulator import PASSWORD

Answer = collections.namedtuple("Answer", "name kind parameters cause")

# A fault of the third page of tracks, and what is told when it never ends. None: there is another way to the tracks.
ANSWERS = [
    Answer("a page of HTML", "status", {"status": 200}, "not an answer of this provider"),
    Answer("a body that ends early", "truncate", {}, "did not answer|not an answer"),
    Answer("a connection that is reset", "reset", {}, "did not answer"),
    Answer("no answer at all", "close", {}, "did not answer"),
    Answer("80 MB", "large", {"mb": 80}, "larger than the 64 MiB|did not answer"),  # it takes longer than the timeout where much goes on
    Answer("10,000 nested arrays", "deep", {}, "not an answer of this provider.*(deep|nest)"),
    Answer("a body that does not unpack", "garbage-gzip", {}, "not an answer|did not answer"),
    Answer("compressed data that ends early", "cut-gzip", {}, "not an answer|did not answer"),
    Answer("failed within status 200", "failed", {"code": 0, "body": "database is locked"}, "database is locked"),
    Answer("an empty page in the middle", "empty", {}, None),
    Answer("a server error", "status", {"status": 500}, "HTTP 500"),
    Answer("a bad gateway", "status", {"status": 502}, "HTTP 502"),
    Answer("a stall longer than the timeout", "stall", {"ms": 6000}, "did not answer"),
]
OTHERS = ("artists", "albums", "playlists")


class BadAnswers(Case):
    """Most of it with all accounts of one server at once, each with a fault of its own."""

    SETTINGS = {"page_size": 50, "request_timeout_ms": 4000}

    def test_a_certificate_that_nobody_vouches_for_ends_the_sync_and_is_sent_nothing(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        key, certificate = self.pipeline.folder / "tls.key", self.pipeline.folder / "tls.pem"
        stack.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
                   "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate])
        receiver.behind_tls(certificate, key)
        self.pipeline.add_account("tls", f"https://localhost:{receiver.port}", PASSWORD)
        report = self.pipeline.sync("tls")
        self.assertEqual(report.state, "failed")
        self.assertRegex(report.all["cause"], "certificate")
        self.assertRegex(report.all["next_step"], "syncline sync tls")
        self.assertEqual(receiver.paths, [], "not a byte of a request")

    def victims(self, prefix):
        """A server, and an account at it for each fault."""
        server = self.simulator(300, flags=["--any-user"])
        users = [f"{prefix}{number:02d}" for number in range(len(ANSWERS))]
        return server, [self.account(server, user, user=user) for user in users]

    def start(self, server, accounts, strikes):
        """A sync of each account, with its fault. Returns (answer, account, sync) of each."""
        started = []
        for answer, user in zip(ANSWERS, accounts):
            server.fault(answer.kind, endpoint="search3", contains=f"u={user}", nth=3, count=strikes, **answer.parameters)
            started.append((answer, user, self.pipeline.enqueue(user, "--mode", "full")))
        return started

    def test_a_playlist_that_once_shows_fewer_entries_than_it_says_is_asked_again(self):
        server = self.simulator(300, playlists=4, entries=40)
        server.fault("short", items=3, endpoint="getPlaylist", nth=2)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, server)
        self.assertEqual(len(server.log("getPlaylist", containing="id=")), 5, "one more than there are playlists")

    def test_one_bad_answer_is_asked_for_again_and_the_sync_is_complete(self):
        server, accounts = self.victims("once")
        for answer, account, sync in self.start(server, accounts, 1):
            with self.subTest(answer.name):
                self.assert_complete(self.pipeline.watch(sync), errors=0)
                self.assert_library(account, server)
        self.assertGreaterEqual(server.stats()["faults"], len(ANSWERS))

    def test_bad_answers_for_ever_fail_one_category_with_a_cause_and_nothing_that_was_here_is_lost(self):
        server, accounts = self.victims("ever")
        for sync in [self.pipeline.enqueue(account) for account in accounts]:
            self.assert_complete(self.pipeline.watch(sync))
        server.edit("retag", index=0, tracks=300)  # all that is read is news
        started = self.start(server, accounts, 0)
        for answer, account, sync in started:
            with self.subTest(answer.name):
                report = self.pipeline.watch(sync)
                self.assert_library(account, server, OTHERS)
                self.assertEqual([row[0] for row in self.rows(account, "tracks")], sorted(server.truth("tracks")))
                if answer.cause:
                    self.assert_told(report, answer.cause)
                else:
                    self.assert_complete(report)
        server.reset("faults")
        for answer, account, _ in started[::4]:
            self.assert_complete(self.pipeline.sync(account))
            self.assert_library(account, server)

    def assert_told(self, report, cause):
        tracks = report.categories["tracks"]
        self.assertEqual((report.state, report.code), ("partial", 3))
        self.assertIn(tracks["state"], ("failed", "partial"))
        self.assertRegex(tracks["cause"], cause)
        self.assertTrue(tracks["next_step"], "what a person can do")

    def test_a_redirect_fails_at_once_and_tells_where_to(self):
        server = self.simulator(300)
        account = self.account(server)
        server.fault("redirect", endpoint="search3", to="http://music.example.org/login?token=x", count=0)
        report = self.pipeline.sync(account)
        self.assertEqual(report.state, "partial")
        self.assertIn("http://music.example.org/login", report.categories["tracks"]["cause"])
        self.assertNotIn("token=x", report.categories["tracks"]["cause"])
        self.assertEqual(len(server.log("search3")), 1)

    def test_bytes_that_are_no_text_cost_one_item_and_not_the_page(self):
        for kind, reason in (("utf8", "invalid_utf8"), ("nul", "nul_in_text")):
            with self.subTest(kind):
                server = self.simulator(300)
                account = self.account(server)
                server.fault(kind, endpoint="search3")
                report = self.pipeline.sync(account)
                self.assert_complete(report, errors=1)
                [[found]] = self.pipeline.sql(f"SELECT reason FROM sync_reject WHERE sync_id = '{report.sync}'")
                self.assertEqual(found, reason)
                self.assertEqual(len(self.rows(account, "tracks")), 299)
                self.assert_complete(self.pipeline.sync(account, "--mode", "full"), errors=0)
                self.assert_library(account, server)

    def behind_relay(self, rewrite_object):
        """The same library at two accounts: as it is, and with each object of its answers rewritten. Returns both."""
        def rewrite(value):
            if isinstance(value, dict):
                return rewrite_object({key: rewrite(member) for key, member in value.items()})
            return [rewrite(member) for member in value] if isinstance(value, list) else value

        server = self.simulator(300)
        relay = Relay(server.url, rewrite)
        self.addCleanup(relay.close)
        plain, rewritten = self.account(server), self.account(relay)
        for sync in [self.pipeline.enqueue(account) for account in (plain, rewritten)]:
            self.assert_complete(self.pipeline.watch(sync), errors=0)
        self.assert_library(rewritten, server)
        return plain, rewritten

    def test_numbers_as_text_are_numbers(self):
        plain, rewritten = self.behind_relay(lambda members: {
            key: str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
            for key, value in members.items()})
        self.assert_same(self.content(rewritten), self.content(plain), "every column")

    def test_members_that_nobody_knows_are_kept_aside_and_change_no_column(self):
        unknown = {"x-new": {"deep": [1, None, {"er": True}]}, "": []}
        plain, rewritten = self.behind_relay(lambda members: {**unknown, **members})
        for table in ("artist", "album", "track", "playlist"):
            columns = f"SELECT to_jsonb(t) - '{{account_id,first_sync,changed_sync,content_hash,extra}}'::text[] FROM {table} t "
            rows = [self.pipeline.sql(f"{columns} WHERE account_id = {self.pipeline.account_id(account)} ORDER BY id")
                    for account in (plain, rewritten)]
            self.assert_same(rows[1], rows[0], table)
            kept = self.pipeline.value(f"SELECT bool_and(extra @> '{json.dumps(unknown)}') FROM {table} "
                                       f"WHERE account_id = {self.pipeline.account_id(rewritten)}")
            self.assertEqual(kept, "t", table)

    def test_bursts_of_500_are_ridden_out(self):
        server = self.simulator(1000)
        account = self.account(server)
        server.fault("status", status=500, probability=0.2, seed=3)
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, server)
        self.assertGreater(server.stats()["faults"], 3)

    def test_an_album_list_that_fails_leaves_tracks_and_playlists_complete(self):
        server = self.simulator(300)
        account = self.account(server)
        server.fault("status", status=500, endpoint="getAlbumList2", contains="alphabetical", count=0)
        report = self.pipeline.sync(account)
        self.assertEqual(report.state, "partial")
        self.assertEqual(report.categories["albums"]["state"], "failed")
        self.assert_library(account, server, ["artists", "tracks", "playlists"])


class Throttled(Case):
    """429 and Retry-After. A pause counts for the whole server, so each test has one of its own."""

    SETTINGS = {"page_size": 50}

    @classmethod
    def setUpClass(cls):
        """The long pause begins first, and lasts while the others are tested."""
        super().setUpClass()
        cls.patient = cls.simulator(300, flags=["--any-user"])
        cls.patient.fault("status", status=429, retry_after="40", endpoint="search3", nth=2)
        cls.parked_account, cls.other_account = (cls.account(cls.patient, user=user) for user in ("first", "other"))
        cls.parked = cls.pipeline.enqueue(cls.parked_account)

    def test_a_long_pause_parks_the_other_accounts_of_the_server_too(self):
        self.wait_state(self.parked, "throttled")
        other = self.pipeline.enqueue(self.other_account)
        self.wait_state(other, "throttled")
        self.wait_until(lambda: self.pipeline.workers["fetcher-1"].metric("syncs_running") == 0, "no slot is held")
        self.assertEqual(0, sum("u=other" in request.query for request in self.patient.log()), "it did not even ask")
        self.assertIn("Syncing slower due to API limits, goes on at ", self.pipeline.cli("status", self.other_account).stdout)
        self.assert_complete(self.pipeline.watch(other, timeout=80))
        self.assert_library(self.other_account, self.patient)

    def test_retry_after_is_honoured_by_all_accounts_of_the_server(self):
        server = self.simulator(600, flags=["--any-user"])
        accounts = [self.account(server, user=f"u{i}") for i in range(3)]
        server.limit(25, 4000)
        syncs = [self.pipeline.enqueue(account) for account in accounts]
        for account, sync in zip(accounts, syncs):
            self.assert_complete(self.pipeline.watch(sync))
            self.assert_library(account, server)
        self.assertTrue([request for request in server.log() if request.status == 429], "the limit was met")
        self.assertEqual(server.stats()["early"], 0, "inside a pause there is only what was on its way when it began")

    def test_no_request_is_sent_inside_a_ban(self):
        server = self.simulator(300)
        account = self.account(server)
        server.fault("status", status=429, retry_after="2", endpoint="search3", nth=2)
        self.assert_complete(self.pipeline.sync(account))
        log = server.log()
        ban = next(request for request in log if request.status == 429)
        after = next(request for request in log if request.number > ban.number)
        self.assertGreaterEqual(after.time_ms - ban.time_ms, 1950)
        self.assert_library(account, server)

    def test_while_a_short_pause_lasts_people_see_until_when(self):
        server = self.simulator(300)
        account = self.account(server)
        server.fault("status", status=429, retry_after="6", endpoint="search3", nth=2)
        asked = time.time()
        done = self.pipeline.cli("watch", self.pipeline.enqueue(account), "--json")
        told = [json.loads(line)["slow_until"] for line in done.stdout.splitlines()]
        self.assertTrue(any(told), "the pause was told while it lasted")
        self.assertIsNone(told[-1], "and no more when it was over")
        until = calendar.timegm(time.strptime(next(filter(None, told)), "%Y-%m-%dT%H:%M:%SZ"))
        self.assertTrue(asked + 4 < until < time.time(), f"{until} is when it went on")

    def test_while_a_long_pause_lasts_the_sync_is_parked_and_says_until_when(self):
        self.wait_state(self.parked, "throttled", "complete")
        server, sync = self.patient, self.parked
        if self.state(sync) == "throttled":
            self.assertEqual(self.pipeline.workers["fetcher-1"].metric("syncs_running"), 0, "a parked sync holds no slot")
            [[seconds]] = self.pipeline.sql(f"SELECT extract(epoch FROM not_before - now()) FROM sync WHERE sync_id = '{sync}'")
            self.assertLessEqual(float(seconds), 40)
            self.assertIn("Syncing slower due to API limits, goes on at ", self.pipeline.cli("status").stdout)
        self.assert_complete(self.pipeline.watch(sync, timeout=60))
        log = server.log()
        ban = next(request for request in log if request.status == 429)
        after = next(request for request in log if request.number > ban.number)
        self.assertGreaterEqual(after.time_ms - ban.time_ms, 39900)
        self.assertEqual(server.stats()["early"], 0)
        self.assertLessEqual(server.repeated("u=first"), 1, "it went on where it was")
        self.assert_library(self.parked_account, server)
