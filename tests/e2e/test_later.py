"""Syncs that begin later: a row, and nothing else, until their time has come."""
import datetime
import json
import time

import stack
from case import Case


class Later(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.simulator(200)

    def began_after(self, sync):
        """Seconds between being asked for and beginning."""
        return float(self.pipeline.value(f"SELECT extract(epoch FROM started_at - queued_at) FROM sync WHERE sync_id = '{sync}'"))

    def lag(self):
        return sum(row["lag"] for row in json.loads(self.pipeline.cli("lag", "--json").stdout)["groups"])

    def test_a_planned_sync_holds_nothing_and_begins_within_seconds_of_its_time_although_redis_was_emptied(self):
        account = self.account(self.server)
        told = self.pipeline.cli("sync", account, "--in", "15s").stdout
        sync = told.split()[0]
        self.assertIn("It begins in", told)
        self.assertIn(f"syncline cancel {sync}", told)
        status = self.pipeline.status(account)
        self.assertEqual(status["sync_state"], "scheduled")
        self.assertIn("scheduled", self.pipeline.cli("status", account).stdout)
        self.wait_until(lambda: self.lag() == 0, "no message waits", 8)
        self.assertEqual(self.pipeline.figures(kind="fetcher", name="syncs_running"), 0, "no worker either")
        stack.redis(self.pipeline.redis_database, "FLUSHDB")
        self.assert_complete(self.pipeline.watch(sync))
        self.assertGreaterEqual(self.began_after(sync), 14.5)
        self.assertLess(self.began_after(sync), 30)
        self.assert_library(account, self.server)

    def test_a_json_job_may_be_planned_as_text_or_as_a_number(self):
        for form in ("text", "number"):
            with self.subTest(form):
                account = self.account(self.server)
                at = time.time() + 12
                value = (datetime.datetime.fromtimestamp(at, datetime.timezone.utc).isoformat() if form == "text" else int(at * 1000))
                self.pipeline.produce_job(json.dumps({"account": account, "not_before": value}), account=account)
                self.wait_until(lambda: self.pipeline.status(account)["sync_state"] == "scheduled", "it is a row")
                self.wait_until(lambda: self.lag() == 0, "and no message any more", 8)
                self.assertEqual(self.pipeline.status(account)["sync_state"], "scheduled")
                sync = self.pipeline.status(account)["sync"]
                self.assert_complete(self.pipeline.watch(sync))
                began = float(self.pipeline.value(f"SELECT extract(epoch FROM started_at) FROM sync WHERE sync_id = '{sync}'"))
                self.assertGreaterEqual(began, at - 0.01)
                self.assertLess(began, at + 15)

    def test_a_planned_sync_can_be_called_off(self):
        account = self.account(self.server)
        sync = self.pipeline.enqueue(account, "--in", "2s")
        self.pipeline.cli("cancel", sync)
        self.assertEqual(self.state(sync), "cancelled")
        other = self.pipeline.enqueue(account, "--in", "3s", "--only", "artists")
        self.assert_complete(self.pipeline.watch(other))
        self.assertEqual(self.state(sync), "cancelled")

    def test_what_is_past_begins_at_once_and_a_slip_is_named(self):
        account = self.account(self.server)
        self.assert_complete(self.pipeline.sync(account, "--at", "2020-01-01T00:00:00Z", "--only", "artists"))
        for words, said in ((["--at", "tonight"], "--at must be a time"), (["--in", "3"], "--in must be a time"),
                            (["--at", "2200-01-01"], "366 days")):
            done = self.pipeline.cli("sync", account, *words, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(said, done.stderr)
        self.pipeline.produce_job(json.dumps({"account": account, "not_before": 17644716000000000}), account=account)
        self.wait_until(lambda: "no time within the next 366 days" in self.pipeline.cli("rejects", "--all", "--json").stdout, "a reject")
