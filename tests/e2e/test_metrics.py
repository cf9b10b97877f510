"""/metrics: what docs/metrics.md describes is served, by whom it says, and tells what is."""
import re

import stack
from case import Case
from console import Console, Visitor
from simulator import PASSWORD


class Metrics(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.console = Console(cls.pipeline).await_ready()
        cls.addClassCleanup(lambda: cls.console.end())

    def setUp(self):
        super().setUp()
        self.visitor = Visitor(self.console.url)

    def figures(self):
        """{name{labels}: value} of the console."""
        answer = self.visitor.ask("/metrics")
        self.assertEqual(answer.status, 200, answer.text)
        lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in lines}

    def wait_figure(self, name, want):
        self.wait_until(lambda: self.figures().get(name) == want, f"{name} is {want}")

    @staticmethod
    def described():
        """{program: names} of docs/metrics.md."""
        text = (stack.ROOT / "docs/metrics.md").read_text(encoding="utf-8")
        _, workers, console, process = re.split(r"^## .*$", text, flags=re.MULTILINE)
        both = set(re.findall(r"^\| `(\w+)`", process, re.MULTILINE))
        named = {program: {name for name, of in re.findall(r"^\| `(\w+)` \| \w+ \| ([a-z ]+) \|", workers, re.MULTILINE)
                           if program in of.split()} | both for program in ("fetcher", "parser", "writer")}
        return named | {"console": set(re.findall(r"^\| `(\w+)`", console, re.MULTILINE)) | both}

    @staticmethod
    def served(text):
        return set(re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE))

    def scheduled(self, account):
        self.pipeline.cli("schedule", "set", account, "every 24h")
        self.pipeline.sql(f"UPDATE schedule SET next_at = now() WHERE account_id = {self.pipeline.account_id(account)}")
        self.wait_until(lambda: self.pipeline.value("SELECT count(last_sync) FROM schedule WHERE account_id = "
                                                    f"{self.pipeline.account_id(account)}") == "1", "the rule's run")

    def stranger(self, name):
        """An account whose password is wrong."""
        self.pipeline.add_account(name, self.simulator(10).url, "not-it")
        return name

    def test_what_is_described_is_served_by_who_is_named_and_nothing_else(self):
        account = self.account(self.simulator(600))
        self.scheduled(account)
        number = self.pipeline.account_id(account)
        self.wait_until(lambda: self.pipeline.value(f"SELECT count(*) FROM library WHERE account_id = {number} AND complete_at IS NOT NULL")
                        == "4", "the account is complete")
        self.pipeline.sql(f"UPDATE account SET needs_auth_epoch = 1 WHERE account_id = {number}")
        self.pipeline.sql(f"UPDATE sync_category c SET held = 7 FROM library l WHERE l.account_id = {number} "
                          "AND l.category = c.category AND l.category = 'tracks' AND c.sync_id = l.complete_sync")
        self.pipeline.sql("INSERT INTO sync_reject (topic, kafka_partition, kafka_offset, position, reason, detail, original, at) "
                          "VALUES ('x', 0, 0, 0, 'broken', '', '', now())")
        described = self.described()
        for worker in self.pipeline.workers.values():
            self.assertEqual(self.served(worker.get("/metrics")[1]), described[worker.kind])
        self.wait_figure("syncline_kafka_up", 1)
        self.assertEqual(self.served(self.visitor.ask("/metrics").text), described["console"])

    def test_held_removals_are_told_until_they_are_confirmed(self):
        server = self.simulator(600)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        server.edit("remove", index=0, tracks=300)
        self.pipeline.sync(account, "--mode", "full")
        name = f'syncline_account_held_removals{{account="{account}",category="tracks"}}'
        self.assertEqual(self.figures().get(name), 300)
        self.pipeline.cli("confirm", account, "--yes")
        self.assertNotIn(name, self.figures())

    def test_an_account_that_must_sign_in_again_is_named_until_it_has(self):
        account = self.stranger("stranger")
        self.assertEqual(self.pipeline.sync(account).state, "failed")
        name = f'syncline_account_needs_auth{{account="{account}"}}'
        self.assertEqual(self.figures().get(name), 1)
        self.pipeline.cli("account", "login", account, "--password-stdin", text=PASSWORD + "\n")
        self.assertNotIn(name, self.figures())

    def test_an_account_whose_rule_runs_without_becoming_complete_gets_older(self):
        server = self.simulator(200)
        account = self.account(server)
        name = f'syncline_account_complete_age_seconds{{account="{account}"}}'
        self.assert_complete(self.pipeline.sync(account))
        number = self.pipeline.account_id(account)
        self.pipeline.sql(f"UPDATE library SET complete_at = now() - interval '3 days' WHERE account_id = {number}")
        self.assertNotIn(name, self.figures(), "it has no rule")
        server.fault("status", status=502, count=0)
        self.scheduled(account)
        self.assertAlmostEqual(self.figures()[name], 3 * 86400, delta=120)
        self.pipeline.sql(f"UPDATE schedule SET last_at = now() - interval '4 days' WHERE account_id = {number}")
        self.assertEqual(self.figures()[name], 0, "no run was due since")
        self.pipeline.cli("schedule", "pause", account)
        self.assertNotIn(name, self.figures())
        self.pipeline.watch(self.pipeline.value(f"SELECT last_sync FROM schedule WHERE account_id = {number}"))

    def test_pauses_and_waiting_syncs_are_told_with_their_times(self):
        server = self.simulator(300)
        account = self.account(server)
        server.fault("status", status=429, retry_after=600, endpoint="search3")
        sync = self.pipeline.enqueue(account)
        self.wait_state(sync, "throttled")
        figures = self.figures()
        self.assertEqual((figures["syncline_provider_pauses"], figures['syncline_syncs{state="throttled"}']), (1, 1))
        self.assertAlmostEqual(figures["syncline_provider_pause_seconds"], 600, delta=60)
        self.assertGreater(figures['syncline_syncs_oldest_seconds{state="throttled"}'], 0)
        self.pipeline.cli("cancel", account)
        self.wait_figure('syncline_syncs{state="throttled"}', 0)

    def test_the_ends_of_syncs_are_counted_by_what_they_came_to(self):
        def counted():
            return tuple(self.pipeline.figures(kind="writer", name=f"syncs_{state}_total") for state in ("complete", "partial", "failed"))
        server = self.simulator(200)
        account = self.account(server)
        before = counted()
        self.assert_complete(self.pipeline.sync(account))
        self.assertEqual(self.pipeline.sync(self.stranger("another")).state, "failed")
        self.wait_until(lambda: counted() == (before[0] + 1, before[1], before[2] + 1), "one complete, one failed")

    def test_the_reconciler_and_the_stores_are_told_to_work(self):
        [writer] = [worker for worker in self.pipeline.workers.values() if worker.kind == "writer"]
        [fetcher] = [worker for worker in self.pipeline.workers.values() if worker.kind == "fetcher"]
        before = writer.metric("reconciler_rounds_total")
        self.wait_until(lambda: writer.metric("reconciler_rounds_total") > before, "another round")
        self.assertEqual([fetcher.metric(name) for name in ("ready", "postgres_up", "redis_up")], [1, 1, 1])

    def test_the_age_of_what_waits_is_told_for_each_partition(self):
        [writer] = [worker for worker in self.pipeline.workers.values() if worker.kind == "writer"]
        server = self.simulator(200)
        account = self.account(server)
        writer.stop()
        try:
            sync = self.pipeline.enqueue(account)
            prefix = (f'kafka_consumergroup_lag_seconds{{consumergroup="{self.pipeline.prefix}syncline-writer",'
                      f'topic="{self.pipeline.prefix}sync.items",partition="')
            self.wait_until(lambda: [value for name, value in self.figures().items() if name.startswith(prefix) and value > 0],
                            "a partition that waits has an age", 60)
        finally:
            writer.go_on()
        self.assert_complete(self.pipeline.watch(sync))
