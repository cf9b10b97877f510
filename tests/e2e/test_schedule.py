"""Accounts that are synced by a rule: by the console, or by schedulers without one."""
import json
import signal

from case import Case
from console import Console, Visitor
from scheduler import Scheduler


class Schedule(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.simulator(200)

    def make_due(self, *accounts):
        names = ", ".join(f"'{account}'" for account in accounts)
        self.pipeline.sql("UPDATE schedule SET next_at = now() WHERE account_id IN "
                          f"(SELECT account_id FROM account WHERE name IN ({names}))")

    def syncs(self, account):
        return self.pipeline.sql("SELECT sync_id, state, requested_by, priority, mode FROM sync WHERE account_id = "
                                 f"{self.pipeline.account_id(account)}")

    def assert_synced_once(self, account):
        self.wait_until(lambda: self.syncs(account), f"a sync of {account}")
        self.assert_complete(self.pipeline.watch(self.syncs(account)[0][0]))
        [[_, state, by, priority, _]] = self.syncs(account)
        self.assertEqual((state, by, priority), ("complete", "schedule", "background"))

    def wait_turns(self, processes):
        """Until each of them has looked once more."""
        now = self.pipeline.value("SELECT clock_timestamp()")
        self.wait_until(lambda: int(self.pipeline.value(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
            f"application_name = 'syncline serve' AND xact_start IS NULL AND query_start > '{now}'")) >= processes, "a turn of each")

    def test_the_console_syncs_an_account_that_is_due_and_shows_its_next_run(self):
        account = self.account(self.server)
        console = Console(self.pipeline).await_ready()
        self.addCleanup(console.end)
        told = self.pipeline.cli("schedule", "set", account, "30 3 * * *", "--zone", "Europe/Berlin", "--jitter", "10").stdout
        self.assertIn("Next runs, on the clocks of Europe/Berlin", told)
        self.assertEqual(told.count(" 03:30\n"), 3)
        self.assertEqual(self.syncs(account), [], "its time has not come")
        self.make_due(account)
        self.assert_synced_once(account)
        self.assert_library(account, self.server)
        began = float(self.pipeline.value("SELECT extract(epoch FROM started_at - queued_at) FROM sync WHERE sync_id = "
                                          f"'{self.syncs(account)[0][0]}'"))
        self.assertLess(began, 10, "the reconciler does not wait with it")
        [row] = [json.loads(line) for line in self.pipeline.cli("schedule", "list", "--json").stdout.splitlines()]
        self.assertEqual((row["account"], row["rule"], row["zone"], row["jitter_s"]), (account, "30 3 * * *", "Europe/Berlin", 600))
        self.assertEqual(row["last_sync"], self.syncs(account)[0][0])
        self.assertIn(account, self.pipeline.cli("schedule", "list").stdout)
        self.assertIn("Next sync by its schedule", Visitor(console.url).ask("/").text)
        self.pipeline.cli("schedule", "pause", account)
        self.assertIn("paused", self.pipeline.cli("schedule", "list").stdout)
        self.assertNotIn("Next sync by its schedule", Visitor(console.url).ask("/").text)
        self.pipeline.cli("schedule", "remove", account)
        self.assertIn("No account", self.pipeline.cli("schedule", "list").stdout)
        self.assertEqual(self.pipeline.cli("schedule", "resume", account, check=False).returncode, 4)

    def test_two_schedulers_start_each_run_once_and_end_when_asked(self):
        accounts = [self.account(self.server) for _ in range(4)]
        schedulers = [Scheduler(self.pipeline, number) for number in (1, 2)]
        for scheduler in schedulers:
            self.addCleanup(scheduler.end)
            self.wait_until(lambda log=scheduler.log: "started" in log.read_text(), "it runs")
        for account in accounts:
            self.pipeline.cli("schedule", "set", account, "every 6h", "--mode", "full")
        self.make_due(*accounts)
        for account in accounts:
            self.assert_synced_once(account)
            self.assertEqual(self.syncs(account)[0][4], "full")
        self.wait_turns(2)
        for account in accounts:
            self.assertEqual(len(self.syncs(account)), 1, "once")
        for scheduler in schedulers:
            scheduler.signal(signal.SIGTERM)
        self.assertEqual([scheduler.end() for scheduler in schedulers], [0, 0])

    def test_a_slip_is_named(self):
        account = self.account(self.server)
        for words, code, said in ((["61 * * * *"], 2, "minute"), (["every 1m"], 2, "at least 5m"), (["30", "3", "*"], 2, ""),
                                  (["@daily", "--zone", "Berlin"], 2, "no time zone 'Berlin'"),
                                  (["@daily", "--mode", "half"], 2, "--mode must be"), ([], 2, "RULE")):
            with self.subTest(words):
                done = self.pipeline.cli("schedule", "set", account, *words, check=False)
                self.assertEqual(done.returncode, code)
                self.assertIn(said, done.stderr)
        self.assertEqual(self.pipeline.cli("schedule", "set", "nobody", "@daily", check=False).returncode, 4)
        self.assertIn("No account", self.pipeline.cli("schedule", "list").stdout)
