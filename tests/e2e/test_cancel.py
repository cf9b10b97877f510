"""Cancelling: whatever state a sync is in, and whoever dies meanwhile, it ends cancelled, and removes nothing."""
import json
import random
import subprocess
import sys
import time

import stack
from case import Case


class Cancelling(Case):
    """A sync is held in its midst by a server that takes seconds for a page, so that no test depends on the machine's pace."""

    SETTINGS = {"page_size": 50}

    def begin(self, pages=3):
        """A new account and its sync, held behind so many pages of tracks."""
        self.let_go()
        self.server.slow(100)
        user = f"user{type(self).accounts}"
        account = self.account(self.server, user, user=user)
        sync = self.pipeline.enqueue(account)
        self.wait_pages(sync, pages)
        self.let_go()
        self.server.slow(3000)
        return account, sync

    def let_go(self):
        self.server.reset("faults")

    def cancel(self, word, code=0):
        """The objects it printed, by sync."""
        done = self.pipeline.cli("cancel", word, "--json", check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return {line["sync"]: line for line in map(json.loads, done.stdout.splitlines())}

    def start_cancel(self, word):
        """As a process that may be killed."""
        words = [stack.BIN / "syncline", "--config", self.pipeline.settings, "cancel", word]
        return subprocess.Popen([str(each) for each in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def worker(self, kind):
        return self.pipeline.workers[f"{kind}-1"]

    def categories(self, sync):
        return dict(self.pipeline.sql(f"SELECT category, state FROM sync_category WHERE sync_id = '{sync}'"))

    def wait_fetched(self, sync):
        """Everything of it stands in Kafka: its fetcher has given the lease back with a note that it is through."""
        self.wait_until(lambda: stack.redis(self.pipeline.redis_database, "EXISTS",
                                            f"{self.pipeline.prefix}done:{sync}").strip() == "1", "all was fetched", 60)

    def lease(self, account):
        return stack.redis(self.pipeline.redis_database, "HGET", f"{self.pipeline.prefix}lease:{account}", "sync").strip()

    def assert_cancelled(self, sync):
        """It, and whichever of its categories had not ended."""
        self.wait_state(sync, "cancelled", seconds=40)
        self.assertEqual(self.pipeline.value(f"SELECT ended_at IS NOT NULL FROM sync WHERE sync_id = '{sync}'"), "t")
        self.assertLessEqual(set(self.categories(sync).values()), {"complete", "cancelled"})
        self.assertIn("cancelled", self.categories(sync).values())


class Cancel(Cancelling):
    """With all workers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.simulator(2000, flags=["--any-user"])

    def new_account(self):
        user = f"user{type(self).accounts}"
        return self.account(self.server, user, user=user)

    def requests(self, account):
        return len(self.server.log(containing=f"u={account}&"))

    def test_a_running_sync_ends_within_seconds_and_keeps_what_has_arrived(self):
        account, sync = self.begin()
        self.assertEqual(self.cancel(account), {sync: {"sync": sync, "account": account, "state": "cancelled", "joined": 0}})
        self.assert_cancelled(sync)
        self.assertEqual(self.lease(account), "", "given back")
        self.assertEqual(self.categories(sync), {"artists": "complete", "albums": "complete", "tracks": "cancelled",
                                                 "playlists": "cancelled"})
        stored = self.pipeline.value(f"SELECT stored FROM sync_category WHERE sync_id = '{sync}' AND category = 'tracks'")
        self.assertGreaterEqual(int(stored), 150)
        self.assertEqual(len(self.rows(account, "tracks")), int(stored), "every row of the ledger is here")
        report = self.pipeline.watch(sync)
        self.assertEqual((report.state, report.code), ("cancelled", 1))
        self.assertIn("cancelled by", report.all["cause"])
        self.assertEqual(report.all["next_step"], f"syncline retry {account}")
        self.wait_until(lambda: b"cancelled" in stack.consume(self.pipeline.prefix + "sync.events"), "an event")
        self.let_go()
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, self.server)

    def test_the_provider_is_asked_nothing_more(self):
        account, sync = self.begin()
        self.cancel(sync)
        sent = self.requests(account)
        self.let_go()
        other = self.new_account()
        self.assert_complete(self.pipeline.sync(other, "--only", "tracks"))
        self.assertEqual(self.requests(account), sent, "a whole sync of another account later")

    def test_nothing_is_removed_although_the_end_of_the_walk_stands_in_kafka(self):
        self.let_go()
        account = self.new_account()
        self.assert_complete(self.pipeline.sync(account))
        before = self.rows(account, "tracks")
        self.server.edit("remove", index=0, tracks=20)
        self.server.edit("rescan")
        try:
            self.worker("writer").stop()
            sync = self.pipeline.enqueue(account, "--mode", "full")
            self.wait_fetched(sync)
            self.cancel(sync)
            stale = self.pipeline.figures(kind="writer", name="messages_stale_total")
        finally:
            self.worker("writer").go_on()
        self.wait_until(lambda: self.pipeline.figures(kind="writer", name="messages_stale_total") >= stale + 30,
                        "its messages are dropped")
        self.assertEqual(self.state(sync), "cancelled")
        self.assertEqual(self.rows(account, "tracks"), before)
        self.assertEqual(set(self.categories(sync).values()), {"cancelled"})
        after = self.pipeline.sync(account, "--mode", "full")
        self.assert_complete(after)
        self.assertEqual(after.categories["tracks"]["removed"], 20, "a sync that ends removes them")
        self.assert_library(account, self.server)
        self.server.reset("library")
        self.server.edit("rescan")

    def test_a_cancel_that_races_with_the_end_is_won_by_one_of_both(self):
        server = self.simulator(400)
        account = self.account(server)
        began = time.monotonic()
        self.pipeline.cli("cancel", account, check=False)
        dice, took, won = random.Random(7), time.monotonic() - began, {"complete": 0, "cancelled": 0}
        for _ in range(12):
            # All is fetched, and the writer comes back about when the command gets to the database, a little earlier or later.
            self.worker("writer").stop()
            sync = self.pipeline.enqueue(account, "--mode", "full", "--only", "tracks")
            self.wait_fetched(sync)
            process = self.start_cancel(sync)
            time.sleep(dice.uniform(0, 1.3) * took)
            self.worker("writer").go_on()
            process.wait(60)
            state = self.wait_state(sync, "complete", "cancelled", seconds=15)
            won[state] += 1
            self.assertEqual(self.categories(sync), {"tracks": state})
            self.wait_until(lambda: not self.lease(account), "the lease is free", 10)
        print(f"[{won}] ", end="", file=sys.stderr, flush=True)
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, server)

    def test_requests_that_had_joined_are_cancelled_with_it(self):
        account, sync = self.begin()
        joined = self.pipeline.enqueue(account, "--only", "tracks")
        self.wait_state(joined, "joined")
        told = self.pipeline.cli("cancel", joined, check=False)
        self.assertEqual(told.returncode, 1)
        self.assertIn(f"syncline cancel {sync}", told.stderr)
        self.assertEqual(self.cancel(account)[sync]["joined"], 1)
        report = self.pipeline.watch(joined)
        self.assertEqual((report.sync, report.state, report.code), (sync, "cancelled", 1))

    def test_a_request_made_right_after_a_cancel_is_a_sync_of_its_own(self):
        account, sync = self.begin()
        process = self.start_cancel(sync)
        self.wait_state(sync, "cancelling", "cancelled")
        after = self.pipeline.enqueue(account)
        process.wait(60)
        self.let_go()
        self.assert_complete(self.pipeline.watch(after))
        self.assertEqual(self.pipeline.value(f"SELECT joined_into IS NULL FROM sync WHERE sync_id = '{after}'"), "t")
        self.assert_cancelled(sync)
        self.assert_library(account, self.server)

    def test_an_account_means_what_waits_behind_the_running_sync_too(self):
        account, sync = self.begin()
        narrow = self.pipeline.enqueue(account, "--mode", "full", "--only", "tracks")
        self.wait_until(lambda: self.pipeline.value(f"SELECT cause FROM sync WHERE sync_id = '{narrow}'"), "it waits")
        planned = self.pipeline.enqueue(account, "--in", "2h")
        self.assertEqual(set(self.cancel(account)), {sync, narrow, planned})
        for each in (sync, narrow, planned):
            self.assert_cancelled(each)

    def test_what_it_says_when_there_is_nothing_to_cancel(self):
        account, sync = self.begin(1)
        self.cancel("nobody-of-that-name", 4)
        self.cancel("01900000-0000-7000-8000-00000000dead", 4)
        self.cancel(account)
        self.assertEqual(self.cancel(account)[sync]["state"], "cancelled", "twice is once")
        self.let_go()
        self.assert_complete(self.pipeline.sync(account, "--only", "artists"))
        told = self.pipeline.cli("cancel", account, check=False)
        self.assertEqual((told.returncode, told.stdout), (1, ""))
        self.assertIn("has ended, complete", told.stderr)

    def test_a_parked_sync_is_cancelled_at_once_and_does_not_come_back(self):
        server = self.simulator(300)
        server.fault("status", status=429, retry_after="40", endpoint="search3", nth=2)
        account = self.account(server)
        sync = self.pipeline.enqueue(account)
        self.wait_state(sync, "throttled")
        self.cancel(account)
        self.assertEqual(self.state(sync), "cancelled")
        self.assertEqual(self.pipeline.value(f"SELECT not_before IS NULL FROM sync WHERE sync_id = '{sync}'"), "t")

    def test_what_was_cancelled_is_asked_for_again_without_what_was_complete(self):
        account, sync = self.begin()
        self.cancel(sync)
        self.let_go()
        told = json.loads(self.pipeline.cli("retry", sync, "--json").stdout)
        self.assertEqual((told["mode"], told["categories"]), ("incremental", "tracks,playlists"))
        self.assert_complete(self.pipeline.watch(told["sync"]))
        self.assert_library(account, self.server)
        nothing = self.pipeline.cli("retry", account)
        self.assertIn("nothing is missing", nothing.stdout)
        self.assertEqual(self.pipeline.cli("retry", "nobody", check=False).returncode, 4)


class Killed(Cancelling):
    """Somebody dies, or a store goes away, between the first word of a cancel and its last. Leases are long, so that a fetcher
    that stands still keeps its own until the test has done what it wants."""

    SETTINGS = {"page_size": 50, "lease_ms": 15000}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.simulator(2000, flags=["--any-user"])

    def begin(self, pages=3):
        """Its fetcher stands still, too: it cannot read the word."""
        account, sync = super().begin(pages)
        self.worker("fetcher").stop()
        self.addCleanup(self.worker("fetcher").go_on)
        return account, sync

    def told(self, account):
        return stack.redis(self.pipeline.redis_database, "HGET", f"{self.pipeline.prefix}lease:{account}", "halt").strip() == "1"

    def assert_usable(self, account):
        """What comes after is as if nothing had been."""
        self.let_go()
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, self.server)

    def test_a_fetcher_killed_behind_the_word_leaves_a_cancelled_sync(self):
        account, sync = self.begin()
        process = self.start_cancel(sync)
        self.wait_state(sync, "cancelling")
        self.wait_until(lambda: self.told(account), "the word stands in the lease", 20)
        self.worker("fetcher").kill()
        self.assertEqual(process.wait(60), 0)
        self.assert_cancelled(sync)
        self.worker("fetcher").start()
        self.assert_usable(account)
        self.assertEqual(self.state(sync), "cancelled", "its job in Kafka does nothing")

    def test_a_command_killed_behind_its_first_word_is_finished_by_the_reconciler(self):
        account, sync = self.begin()
        process = self.start_cancel(sync)
        self.wait_state(sync, "cancelling")
        process.kill()
        process.wait()
        self.worker("fetcher").go_on()
        self.assert_cancelled(sync)
        self.assert_usable(account)

    def test_a_command_killed_before_it_could_tell_the_fetcher_is_finished_by_the_reconciler(self):
        account, sync = self.begin()
        # As it leaves the database when it dies between its transaction and Redis.
        self.pipeline.sql(f"UPDATE sync SET state = 'cancelling' WHERE sync_id = '{sync}'; UPDATE sync_category "
                          f"SET state = 'cancelled', ended_at = now() WHERE sync_id = '{sync}' AND ended_at IS NULL")
        self.worker("fetcher").go_on()
        self.assert_cancelled(sync)
        self.assertEqual(self.lease(account), "")
        self.assert_usable(account)

    def test_a_writer_killed_meanwhile_changes_nothing(self):
        account, sync = self.begin()
        self.worker("writer").kill()
        process = self.start_cancel(sync)
        self.wait_state(sync, "cancelling")
        process.kill()
        process.wait()
        self.worker("fetcher").go_on()
        self.worker("writer").start()
        self.assert_cancelled(sync)
        self.assert_usable(account)

    def test_a_redis_emptied_meanwhile_only_hastens_the_end(self):
        account, sync = self.begin()
        process = self.start_cancel(sync)
        self.wait_state(sync, "cancelling")
        stack.redis(self.pipeline.redis_database, "FLUSHDB")
        self.assertEqual(process.wait(60), 0)
        self.assert_cancelled(sync)
        rows = self.rows(account, "tracks")
        self.worker("fetcher").go_on()
        self.assert_usable(account)
        self.assertGreaterEqual(len(self.rows(account, "tracks")), len(rows))

    def test_a_redis_that_is_away_delays_the_end(self):
        account, sync = self.begin()
        stack.stop("redis")
        try:
            done = self.pipeline.cli("cancel", sync)
            self.assertIn("being cancelled", done.stdout)
            self.assertEqual(self.state(sync), "cancelling")
        finally:
            stack.start("redis")
            self.worker("fetcher").go_on()
        self.assert_cancelled(sync)
        self.assert_usable(account)


class NobodyBegan(Cancelling):
    """Without a fetcher: what no one has begun."""

    WORKERS = ("parser", "writer")

    def test_a_queued_sync_is_cancelled_at_once_whatever_it_waits_for_and_its_job_does_nothing(self):
        server = self.simulator(100)
        for state in ("queued", "needs_auth", "throttled", "running"):
            with self.subTest(state):
                account = self.account(server)
                sync = self.pipeline.enqueue(account)
                self.pipeline.sql(f"UPDATE sync SET state = '{state}' WHERE sync_id = '{sync}'")
                self.assertEqual(self.cancel(account)[sync]["state"], "cancelled")
                self.assert_cancelled(sync)
                self.assertEqual(set(self.categories(sync).values()), {"cancelled"})
        [fetcher] = self.pipeline.start("fetcher")
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        self.assertEqual(len(server.log("ping")), 1, "only the last account's sync has asked anything")
        self.pipeline.remove(fetcher)
