"""A person who waits goes before the nightly run, however long that is."""
import json
import sys
import time

import stack
from case import Case

NIGHT = 8  # accounts of the nightly run


class Priority(Case):
    SETTINGS = {"page_size": 50, "slots": 3, "reserved_slots": 1}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.simulator(500, flags=["--any-user"])
        cls.night = [cls.account(cls.server, f"night{i}", user=f"night{i}") for i in range(NIGHT)]
        cls.person = cls.account(cls.server, "person", user="person")

    def setUp(self):
        super().setUp()
        self.addCleanup(self.wait_quiet)
        self.hold()

    def hold(self):
        """Every page of tracks takes seconds: what runs goes on running, until the server is let go."""
        self.server.slow(3000)

    def let_go(self):
        self.server.reset("faults")

    def nightly(self, times, topic="sync.jobs.background", **fields):
        """As a scheduler would, past the command."""
        for account in self.night:
            job = json.dumps({"account": account, "mode": "full", **{"requested_by": "the night", **fields}})
            stack.produce(self.pipeline.prefix + topic, *[job] * times, key=account)

    def running(self):
        """How many of the night's syncs run now."""
        return int(self.pipeline.value("SELECT count(*) FROM sync WHERE state = 'running' AND priority = 'background'"))

    def wait_quiet(self):
        """The night is through: nothing is waiting in Kafka, also no mark of a job that only joined, and every sync is over."""
        self.let_go()
        self.wait_until(lambda: all(self.lag(group) == 0 for group in ("fetcher-background", "parser", "writer")) and self.pipeline.value(
            "SELECT count(*) FROM sync WHERE ended_at IS NULL") == "0", "the night is over", 180)

    def lag(self, group):
        groups = json.loads(self.pipeline.cli("lag", "--json").stdout)["groups"]
        return next(row["lag"] for row in groups if row["group"].endswith("syncline-" + group))

    def test_a_person_starts_at_once_while_a_thousand_background_jobs_wait(self):
        self.nightly(1, requested_by="a long night")
        self.wait_until(lambda: self.running() == 2, "the night runs, but leaves a slot", 60)
        self.nightly(124, requested_by="a long night")
        began = time.monotonic()
        sync = self.pipeline.enqueue(self.person)
        self.wait_state(sync, "running", "complete")
        print(f"[began after {time.monotonic() - began:.1f} s] ", end="", file=sys.stderr, flush=True)
        self.assertLessEqual(self.running(), 2)
        self.assertGreater(self.lag("fetcher-background"), 900, "while the night still waits")
        self.let_go()
        self.assert_complete(self.pipeline.watch(sync))
        self.wait_quiet()
        ended = dict(self.pipeline.sql("SELECT state, count(*) FROM sync WHERE requested_by = 'a long night' GROUP BY state"))
        self.assertEqual(sum(map(int, ended.values())), NIGHT * 125, "none is lost")
        self.assertEqual(set(ended), {"complete", "joined"})
        # Each account's requests are one sync and one behind it; a third, where the first was over before the last request came.
        self.assertLessEqual(int(ended["complete"]), 3 * NIGHT)
        for account in self.night:
            self.assert_library(account, self.server)

    def test_a_background_job_among_those_of_people_is_moved(self):
        self.nightly(1, topic="sync.jobs", priority="background")
        self.wait_until(lambda: self.running() == 2, "the night runs", 60)
        self.assertEqual(self.pipeline.value("SELECT count(*) FROM sync WHERE state = 'running' AND priority = 'normal'"), "0")
        self.assert_complete(self.pipeline.sync(self.person, "--only", "artists"))

    def test_a_person_who_joins_a_background_sync_raises_it(self):
        account = self.night[0]
        night = self.pipeline.enqueue(account, "--background", "--mode", "full")
        self.wait_pages(night, 1)
        self.assertEqual(self.pipeline.value(f"SELECT priority FROM sync WHERE sync_id = '{night}'"), "background")
        asked = self.pipeline.enqueue(account)
        self.wait_state(asked, "joined")
        self.wait_until(lambda: self.pipeline.value(f"SELECT priority FROM sync WHERE sync_id = '{night}'") == "normal", "raised")
        self.let_go()
        self.assert_complete(self.pipeline.watch(asked))

    def test_a_person_does_not_wait_for_the_turn_of_a_queued_background_sync_which_then_joins(self):
        self.nightly(1)
        self.wait_until(lambda: self.running() == 2, "the night runs", 60)
        busy = {row[0] for row in self.pipeline.sql("SELECT name FROM sync JOIN account USING (account_id) WHERE ended_at IS NULL")}
        waiting = next(account for account in self.night if account not in busy)
        sync = self.pipeline.enqueue(waiting, "--mode", "full")
        self.wait_state(sync, "running")
        self.assertEqual(self.running(), 2, "the night's are where they were")
        self.let_go()
        self.assert_complete(self.pipeline.watch(sync))
        self.wait_quiet()
        self.assertEqual(self.pipeline.value(f"SELECT count(*) FROM sync WHERE joined_into = '{sync}' AND requested_by = 'the night'"),
                         "1", "the person's sync has read all that it would")
