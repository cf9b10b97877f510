"""Spotify's limits, of all who share an app: pauses as they are really told, kept over restarts, and turns between accounts."""
import concurrent.futures
import email.utils
import json
import sys
import threading
import time

import stack
from spotify import SpotifyCase, opened

DAY_S = 86400
DEFAULT_MS = 5000  # of a pause that is asked for without a length


class Rate(SpotifyCase):
    """Each app has its own pause: so tests run beside each other's."""

    SETTINGS = {"rates": "spotify=0"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.spotify()

    def setUp(self):
        super().setUp()
        for what in ("faults", "log"):
            self.server.reset(what)

    def new_account(self):
        user = f"user{type(self).accounts}"
        return self.account(self.server, user, user=user, app=f"app-{user}"), user

    def refused(self, user):
        """[the request that was refused with 429, the next one of that user], wherever it was sent."""
        log = self.server.log(containing=f"u={user}&")
        at = next(i for i, request in enumerate(log) if request.status == 429)
        self.assertGreater(len(log), at + 1, "it went on")
        return log[at], log[at + 1]

    def test_a_pause_is_kept_however_it_is_told(self):
        date = int(time.time()) + 10
        rows = (("a date", email.utils.formatdate(date, usegmt=True)), ("no header", ""), ("less than nothing", "-5"),
                ("a date that is past", "Wed, 21 Oct 2015 07:28:00 GMT"), ("a word", "soon"))
        accounts = [self.new_account() for _ in rows]
        for (_, header), (_, user) in zip(rows, accounts):
            self.server.fault("failed", status=429, retry_after=header, endpoint="tracks", contains=f"u={user}&", nth=3)
        syncs = [self.pipeline.enqueue(account, "--only", "tracks") for account, _ in accounts]
        for (name, _), (account, user), sync in zip(rows, accounts, syncs):
            with self.subTest(name):
                self.assert_synced(self.pipeline.watch(sync))
                ban, after = self.refused(user)
                least_ms = date * 1000 if name == "a date" else ban.time_ms + DEFAULT_MS
                self.assertGreaterEqual(after.time_ms, least_ms - 100)
                self.assertEqual(after.query, ban.query, "the same page again")
                self.assert_library(account, self.server, ["tracks"])

    def test_a_pause_of_the_token_endpoint_holds_everything_up(self):
        account, user = self.new_account()
        self.server.revoke(user, "access")
        self.server.reset("log")
        self.server.fault("status", status=429, retry_after=4, body="{}", endpoint="token")
        self.assert_synced(self.pipeline.sync(account, "--only", "tracks"))
        log = [request for request in self.server.log() if request.method == "token" or f"u={user}&" in request.query]
        at = next(i for i, request in enumerate(log) if request.status == 429)
        self.assertEqual(log[at + 1].method, "token")
        self.assertGreaterEqual(log[at + 1].time_ms - log[at].time_ms, 3900)
        self.assertEqual((self.server.stats()["early"], self.server.stats()["reused"]), (0, 0))

    def test_a_ban_of_a_day_parks_the_sync_and_outlives_redis_and_fetcher(self):
        account, user = self.new_account()
        other = self.account(self.server, "other", user="other", app=f"app-{user}")
        self.server.fault("failed", status=429, retry_after=DAY_S, reason="QUOTA_EXCEEDED", endpoint="tracks",
                          contains=f"u={user}&", nth=4)
        sync = self.pipeline.enqueue(account, "--only", "tracks")
        self.wait_state(sync, "throttled")
        asked = len(self.server.log(containing=f"u={user}&"))
        self.wait_until(lambda: self.pipeline.workers["fetcher-1"].metric("syncs_running") == 0, "no slot is held")
        stack.stop("redis")
        stack.start("redis")
        fetcher = self.pipeline.workers["fetcher-1"]
        fetcher.kill()
        fetcher.start()
        second = self.pipeline.enqueue(other, "--only", "tracks")
        for number in (sync, second):  # the fetcher may have died before it said so; then it is asked again after 10 s
            self.wait_until(lambda number=number: DAY_S - 900 < self.parked_for_s(number) <= DAY_S, f"{number} is parked", 60)
        self.assertIn("Syncing slower due to API limits, goes on at ", self.pipeline.cli("status", account).stdout)
        self.assertEqual(self.server.log(containing="u=other&"), [], "who shares the app does not even ask")
        self.assertEqual(len(self.server.log(containing=f"u={user}&")), asked)
        self.assertEqual(self.server.stats()["early"], 0)
        self.end_ban(f"app-{user}")
        for name, number in ((account, sync), (other, second)):
            self.assert_synced(self.pipeline.watch(number))
            self.assert_library(name, self.server, ["tracks"])
        pages = [request.query for request in self.server.log("tracks", containing=f"u={user}&") if "limit=50" in request.query]
        self.assertLessEqual(len(pages) - len(set(pages)), 4, "it went on where it was: at the page that was refused; short ones are asked twice")

    def parked_for_s(self, sync):
        return float(self.pipeline.value("SELECT coalesce(extract(epoch FROM not_before - now()), 0) FROM sync "
                                         f"WHERE state = 'throttled' AND sync_id = '{sync}'") or 0)

    def end_ban(self, app):
        """By hand, as if the day were over: in both places that know of it."""
        self.pipeline.sql("DELETE FROM provider_pause")
        key = self.pipeline.prefix + f"throttle:spotify:{app}"
        self.assertEqual(stack.redis(self.pipeline.redis_database, "DEL", key).strip(), "1", key)
        self.pipeline.sql("UPDATE sync SET not_before = now() WHERE state = 'throttled'")


class Turns(SpotifyCase):
    SETTINGS = {"rates": "spotify=10/1s"}

    def test_one_large_account_does_not_hold_up_the_small_ones_of_its_app(self):
        server = self.spotify(5000, artists=200, albums=300, playlists=4, entries=30)
        large, *small = [self.account(server, f"u{number}", user=f"u{number}") for number in range(7)]
        sync = self.pipeline.enqueue(large)
        self.wait_pages(sync, 2, "artists")
        self.pipeline.produce_jobs([(name, json.dumps({"account": name, "categories": "artists"})) for name in small])
        self.wait_until(lambda: self.pipeline.value("SELECT count(*) FROM sync JOIN account USING (account_id) WHERE name <> 'u0' "
                                                    "AND state = 'complete'") == str(len(small)), "all small ones are complete", 90)
        self.assertEqual(self.state(sync), "running", "the large one has most of its way before it")
        log = [request for request in server.log() if request.method in ("following", "albums", "tracks")]
        begun = next(i for i, request in enumerate(log) if "u=u0&" not in request.query)
        ended = max(i for i, request in enumerate(log) if "u=u0&" not in request.query)
        shares = [sum(f"u={name}&" in request.query for request in log[begun:ended + 1]) for name in (large, *small)]
        self.assertGreater(shares[0], 0, "it is not held up either")
        self.assertLess(shares[0], sum(shares[1:]) / 2, f"turns: {shares}")
        self.assert_synced(self.pipeline.watch(sync))


class Crowd(SpotifyCase):
    """A hundred small accounts beside a large one that began first. What they share: the rate of their app, and the slots of two
    fetchers."""

    RATE, SLOTS, SMALL = 30, 8, 100
    WORKERS = ("fetcher", "fetcher", "parser", "writer")
    SETTINGS = {"rates": f"spotify={RATE}/1s", "slots": SLOTS}
    lock = threading.Lock()

    @classmethod
    def consented(cls, server, url, user):
        """One at a time: whose consent it is stands in the server, not in the request."""
        with cls.lock:
            server.consent(user=user)
            return opened(url)

    @classmethod
    def sign_in(cls, server, name):
        cls.users[name] = name
        cls.FLAVOUR.sign_in(cls.pipeline, lambda url: cls.consented(server, url, name), None, "add", name, "--provider", "spotify",
                            "--client-id", "app1", "--url", server.url, "--no-test")
        return name

    def test_a_hundred_small_accounts_begin_and_end_within_their_share_while_a_large_one_goes_on(self):
        server = self.spotify(20000, artists=60, albums=300, playlists=4, entries=30)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            large, *small = pool.map(lambda name: self.sign_in(server, name), ["large", *(f"small{i}" for i in range(self.SMALL))])
        sync = self.pipeline.enqueue(large)
        self.wait_pages(sync, 2)
        asked_ms = time.time() * 1000
        self.pipeline.produce_jobs([(name, json.dumps({"account": name, "categories": "artists"})) for name in small])
        self.wait_until(lambda: len(self.complete()) == self.SMALL, "all small ones are complete", 240)
        self.assertEqual(self.state(sync), "running", "the large one has most of its way before it")
        self.assert_share(server, large, small, asked_ms)
        self.assert_synced(self.pipeline.watch(sync, 240))
        self.assert_same_figures(large, server)
        artists = str(len(server.truth("artists")))
        self.assertEqual(self.complete(), [[name, artists] for name in sorted(small)])

    def complete(self):
        """[name, artists that are here] of each small account whose sync is complete."""
        return self.pipeline.sql("SELECT name, (SELECT count(*) FROM artist r WHERE r.account_id = a.account_id) FROM account a "
                                 "JOIN sync USING (account_id) WHERE name LIKE 'small%' AND state = 'complete' ORDER BY name COLLATE \"C\"")

    def assert_share(self, server, large, small, asked_ms):
        """How long they wait is counted in requests, for a request is what the rate deals out. Before the last of them begin all
        others may have had what they need; and of the 16 that have a slot the large one is one, which may also find turns that
        nobody else is there to take: a quarter of what is theirs is allowed, and a half until all have ended, for while the last
        few still run most turns are nobody else's."""
        log = [request for request in server.log() if request.time_ms >= asked_ms and "u=" in request.query]
        whose = [next(word[2:] for word in request.query.split("&") if word.startswith("u=")) for request in log]
        begun = sorted(whose.index(name) for name in small)
        ended = max(i for i, name in enumerate(whose) if name != large)
        needed = sum(name != large for name in whose)
        late = begun[len(begun) * 95 // 100 - 1]
        print(f"\n  95 of 100 had begun after {late} requests and {(log[late].time_ms - asked_ms) / 1000:.1f} s, all had ended after "
              f"{ended}, of which {needed} were theirs ", end="", file=sys.stderr)
        most = needed * 5 // 4
        self.assertLessEqual(late, most, "requests before 95 of 100 had begun")
        self.assertLessEqual(ended, needed * 3 // 2, "requests before all had ended")
        self.assertLessEqual((log[late].time_ms - asked_ms) / 1000, 3 * most / self.RATE, "three times what the rate takes for them")
        self.assertGreater(whose.count(large), 0, "the large one is not held up either")
