"""Workers and stores that die, hang and come back in the middle of a sync.

The library that results must be row for row that of an undisturbed sync, and little may be fetched twice.
"""
import sys
import time

import kafka_wire
import stack
from case import Case

PAGES = 30  # of 50 tracks


class Disturbed(Case):
    SETTINGS = {"page_size": 50}
    SLOW = {"search3": 60, "getAlbumList2": 150, "getPlaylist": 150}  # ms

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.simulator(PAGES * 50, flags=["--any-user"], playlists=12)
        cls.calm = cls.account(cls.server, "calm", user="calm")
        report = cls.pipeline.sync(cls.calm)
        assert report.state == "complete", report
        cls.slow_down()

    @classmethod
    def slow_down(cls):
        for endpoint, ms in cls.SLOW.items():
            cls.server.slow(ms, endpoint)

    def begin(self):
        """A sync of a new account that takes some seconds, and a part of them in each category."""
        user = f"user{type(self).accounts}"
        account = self.account(self.server, user, user=user)
        return account, self.pipeline.enqueue(account)

    def worker(self, kind):
        return self.pipeline.workers[f"{kind}-1"]

    def assert_undisturbed(self, account, sync, repeated=None):
        """Complete, equal to the calm account's rows, and hardly a page fetched twice."""
        self.assert_complete(self.pipeline.watch(sync), errors=0)
        self.assert_same(self.content(account), self.content(self.calm), f"content of {account}")
        self.assert_library(account, self.server)
        if repeated is not None:
            self.assertLessEqual(self.server.repeated(f"u={account}&"), repeated, "pages fetched twice")
            walk = self.pipeline.value(f"SELECT walk FROM sync_category WHERE sync_id = '{sync}' AND category = 'tracks'")
            self.assertEqual(walk, "0", "resumed, not started over")


class Moved(Case):
    """The list whose items are read one by one is another one when a fetcher goes on with it."""

    WORKERS = ("parser", "writer")

    def test_albums_are_all_there_when_the_list_has_moved_meanwhile(self):
        """Without a sign, and children are found by their place in the list."""
        server = self.simulator(600, flavour="legacy", albums=50)
        account = self.account(server)
        server.slow(100, "getAlbum")
        [first] = self.pipeline.start("fetcher", page_size=50)
        sync = self.pipeline.enqueue(account, "--only", "tracks")
        self.wait_until(lambda: len(server.log("getAlbum", "id=")) >= 10, "some albums are read", 30)
        first.kill()
        server.edit("remove", index=0, tracks=40, silent=1)
        first.start()
        server.reset("faults")
        self.assertEqual(self.pipeline.watch(sync).state, "complete")
        missing = {row[0] for row in self.rows(account, "tracks")} ^ set(server.truth("tracks"))
        self.assertTrue(missing.isdisjoint(server.truth("tracks")), "every track that is there")


class Killed(Disturbed):
    """kill -9 of one worker, at six moments, and the same one again."""

    SLOW = {**Disturbed.SLOW, "getPlaylist": 300}  # there must be time for a kill after the third
    # Pages of a category that are written by then.
    MOMENTS = (("artists", 0), ("albums", 1), ("tracks", 8), ("tracks", PAGES - 3), ("playlists", 1), ("playlists", 3))

    def kill(self, kind, repeated):
        for category, pages in self.MOMENTS:
            with self.subTest(f"{category} {pages}"):
                account, sync = self.begin()
                self.wait_pages(sync, pages, category)
                self.worker(kind).kill()
                state = self.state(sync)
                self.worker(kind).start()
                self.assertIn(state, (None, "queued", "running"), "killed in its midst")
                self.server.reset("faults")  # the rest may come fast
                self.assert_undisturbed(account, sync, repeated)
                self.slow_down()

    def test_a_fetcher_killed_at_any_moment_goes_on_at_its_last_saved_page(self):
        self.kill("fetcher", 6)

    def test_a_parser_killed_at_any_moment_loses_and_doubles_nothing(self):
        self.kill("parser", 0)

    def test_a_writer_killed_at_any_moment_loses_and_doubles_nothing(self):
        self.kill("writer", 0)

    def test_all_workers_killed_at_once_lose_nothing(self):
        account, sync = self.begin()
        self.wait_pages(sync, 10)
        for kind in self.WORKERS:
            self.worker(kind).kill()
        for kind in self.WORKERS:
            self.worker(kind).start()
        self.assert_undisturbed(account, sync, 6)

    def test_a_fetcher_that_is_stopped_gives_its_sync_back_at_once(self):
        account, sync = self.begin()
        self.wait_pages(sync, 5)
        began = time.monotonic()
        self.assertEqual(self.worker("fetcher").end(), 0)
        self.assertLess(time.monotonic() - began, 10)
        self.worker("fetcher").start()
        self.assert_undisturbed(account, sync, 2)

    def test_workers_stopped_in_turn_end_with_status_0_and_nothing_is_lost(self):
        account, sync = self.begin()
        self.wait_pages(sync, 5)
        for kind in ("writer", "parser"):
            self.assertEqual(self.worker(kind).end(), 0)
            self.worker(kind).start()
        self.assert_undisturbed(account, sync, 0)


class Stores(Disturbed):
    """What the workers stand on goes away."""

    SETTINGS = {**Disturbed.SETTINGS, "drain_ms": 2000}

    def test_an_emptied_redis_costs_time_but_no_row(self):
        account, sync = self.begin()
        self.wait_pages(sync, 10)
        stack.redis(self.pipeline.redis_database, "FLUSHDB")
        stack.redis(self.pipeline.redis_database, "SCRIPT", "FLUSH")
        self.assert_undisturbed(account, sync)
        self.assertLessEqual(self.server.repeated(f"u={account}&"), 8, "the cursor came from the ledger")

    def test_a_redis_emptied_while_no_fetcher_runs_is_rebuilt_from_the_ledger(self):
        account, sync = self.begin()
        self.wait_pages(sync, 10)
        self.worker("fetcher").kill()
        written = -1
        while written != (written := self.pipeline.pages(sync)):
            time.sleep(0.5)
        stack.redis(self.pipeline.redis_database, "FLUSHDB")
        self.worker("fetcher").start()
        self.assert_undisturbed(account, sync, 3)

    def test_a_sync_of_which_nothing_is_on_its_way_any_more_is_read_on_within_seconds(self):
        """All was sent, and never comes: Postgres' last commits are lost with its machine, or a person has moved the writers' offsets,
        or a page of an older claim has opened what was through (chaos 5/2). It took ten minutes."""
        account, sync = self.begin()
        self.wait_pages(sync, 10)
        self.worker("writer").kill()
        self.wait_until(lambda: stack.redis(self.pipeline.redis_database, "EXISTS", f"{self.pipeline.prefix}done:{sync}").strip() == "1",
                        "all was fetched", 60)
        items, pages = self.pipeline.prefix + "sync.items", self.pipeline.prefix + "sync.pages"
        self.wait_until(lambda: self.behind("parser", pages) == 0, "all is parsed")
        self.wait_until(lambda: not kafka_wire.members(self.pipeline.prefix + "syncline-writer"), "Kafka has given the writer up", 60)
        kafka_wire.skip(self.pipeline.prefix + "syncline-writer", items)
        self.worker("writer").start()
        self.assert_undisturbed(account, sync)

    def behind(self, kind, topic):
        done = kafka_wire.committed(f"{self.pipeline.prefix}syncline-{kind}")
        return sum(end - done.get((topic, number), 0) for number, end in kafka_wire.offsets(topic, kafka_wire.partitions(topic)).items())

    def test_a_postgres_that_crashes_in_the_middle_loses_nothing(self):
        account, sync = self.begin()
        self.wait_pages(sync, 10)
        stack.kill_postgres()
        self.assert_undisturbed(account, sync, 0)
        self.wait_until(lambda: self.worker("writer").metric("postgres_up") == 1, "the writer is connected again")

    def test_connections_cut_one_by_one_are_made_again(self):
        account, sync = self.begin()
        for pages in (3, 10, 20):
            self.wait_pages(sync, pages)
            stack.sql(self.pipeline.name, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                      f"WHERE datname = '{self.pipeline.name}' AND pid <> pg_backend_pid()", user="postgres")
        self.assert_undisturbed(account, sync, 0)

    NEEDED_BY = {"kafka": ("fetcher", "parser", "writer"), "postgres": ("fetcher", "writer"), "redis": ("fetcher", "writer")}

    def test_a_service_that_is_away_makes_its_workers_unready_and_costs_no_row(self):
        for service, kinds in self.NEEDED_BY.items():
            with self.subTest(service):
                account, sync = self.begin()
                self.wait_pages(sync, 10)
                stack.stop(service)
                try:
                    self.wait_until(lambda: self.unready(service) == set(kinds), f"{kinds} are not ready without {service}", 15)
                    for kind in self.WORKERS:
                        self.assertEqual(self.worker(kind).get("/healthz"), (200, "ok\n"), "it lives: a restart would not help")
                        self.assertEqual(self.worker(kind).get("/metrics")[0], 200)
                    self.assertEqual(self.worker("writer").metric("postgres_up"), service != "postgres")
                finally:
                    stack.start(service)
                self.wait_until(self.all_ready, "all are ready again", 60)
                self.wait_until(lambda sync=sync: self.all_ready() and self.state(sync) == "complete",
                                "it is complete, and all are there still", 90)
                self.assert_undisturbed(account, sync, 8)

    def test_a_writer_stays_in_its_group_while_postgres_is_away_for_longer_than_kafkas_session(self):
        account, sync = self.begin()
        self.wait_pages(sync, 10)
        group = self.pipeline.prefix + "syncline-writer"
        before = kafka_wire.members(group)
        stack.stop("postgres")
        try:
            time.sleep(9)  # the session is 6 s here
            self.assertEqual(self.worker("writer").get("/readyz")[0], 503)
        finally:
            stack.start("postgres")
        self.assertEqual((len(before), kafka_wire.members(group)), (1, before))
        self.assert_undisturbed(account, sync, 8)

    def test_workers_end_in_time_while_kafka_is_away(self):
        account, sync = self.begin()
        self.wait_pages(sync, 10)
        stack.stop("kafka")
        try:
            self.assertEqual({kind: self.worker(kind).end(8) for kind in self.WORKERS}, dict.fromkeys(self.WORKERS, 0))
        finally:
            stack.start("kafka")
            for kind in self.WORKERS:
                self.worker(kind).start()
        self.assert_undisturbed(account, sync, PAGES)

    def test_a_writer_that_waits_for_somebody_elses_lock_ends_in_time(self):
        """A writer waits 10 s for a lock and 50 s for an answer, its service manager a few for its end (chaos 21/62)."""
        account, sync = self.begin()
        self.wait_pages(sync, 5)
        holder = stack.Session(self.pipeline.name)
        try:
            holder.sql("BEGIN; LOCK TABLE library IN ACCESS EXCLUSIVE MODE")
            self.wait_until(lambda: holder.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                                               "AND application_name = 'syncline-writer' AND wait_event_type = 'Lock'") != [["0"]],
                            "the writer waits")
            self.assertEqual(self.worker("writer").end(9), 0, self.worker("writer").log.read_text()[-2000:])
        finally:
            holder.close()
            self.worker("writer").start()
        self.assert_undisturbed(account, sync, 0)

    def unready(self, service):
        """The workers that say they are not ready, and that this service is why."""
        said = {kind: self.worker(kind).get("/readyz") for kind in self.WORKERS}
        return {kind for kind, (status, text) in said.items() if status == 503 and service in text.lower()}


class Partitions(Disturbed):
    """Topics get more partitions while workers run."""

    def test_added_partitions_are_read_also_by_a_worker_that_was_restarted_before_it_knew(self):
        for kind, topic in (("parser", "sync.pages"), ("writer", "sync.items")):
            with self.subTest(kind):
                name = self.pipeline.prefix + topic
                before = kafka_wire.partitions(name)
                kafka_wire.add_partitions(name, before + 3)
                self.assertEqual(self.worker(kind).end(), 0)
                self.worker(kind).start()
                for number in range(before, before + 3):
                    stack.run(["kcat", "-P", "-b", stack.KAFKA, "-t", name, "-p", number], text=b"garbage\n")
                told = ("SELECT count(DISTINCT kafka_partition) FROM sync_reject "
                        f"WHERE topic = '{name}' AND kafka_partition >= {before}")
                self.wait_until(lambda told=told: self.pipeline.value(told) == "3", f"each new partition of {topic} is read", 30)


class OnePartition(Case):
    SETTINGS = {"partitions": 1}
    IDLE = "no partitions of Kafka's yet (more workers of this kind than partitions?)"

    def test_a_worker_more_than_partitions_waits_says_why_and_takes_over_when_the_other_one_leaves(self):
        server = self.simulator(200)
        account = self.account(server)
        for kind in self.WORKERS:
            with self.subTest(kind):
                self.pipeline.start(kind, ready=False)
                one, other = self.wait_until(lambda kind=kind: self.at_work_and_idle(kind), "one works, one says why it does not")
                self.wait_until(lambda idle=other: self.IDLE in self.new_text(idle.log), "and in its log", 60)
                self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
                self.assertEqual(self.at_work_and_idle(kind), (one, other))
                self.pipeline.remove(one)
                other.await_ready()
                self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, server)

    def at_work_and_idle(self, kind):
        said = {worker.get("/readyz"): worker for name, worker in self.pipeline.workers.items() if name.startswith(kind)}
        idle = 503, f"not ready: {self.IDLE}\n"
        return (said[200, "ready\n"], said[idle]) if set(said) == {(200, "ready\n"), idle} else None


class TwoOfEach(Disturbed):
    """Two fetchers, parsers and writers: takeovers, and zombies that wake up."""

    SLOW = {**Disturbed.SLOW, "search3": 150}  # who is to be killed or stopped while it reads tracks must be found first

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pipeline.start("fetcher", "parser", "writer")

    def both(self, kind):
        return [self.pipeline.workers[f"{kind}-{number}"] for number in (1, 2)]

    def busy_fetcher(self):
        """The one that works now: its pages grow."""
        before = {worker.name: worker.metric("pages_fetched_total") for worker in self.both("fetcher")}
        return self.wait_until(lambda: next((worker for worker in self.both("fetcher") if worker.metric("pages_fetched_total") >
                                             before[worker.name]), None), "a busy fetcher")

    def test_two_of_each_do_the_same_as_one(self):
        syncs = [self.begin() for _ in range(6)]
        for account, sync in syncs:
            self.assert_undisturbed(account, sync, 0)

    def test_a_dead_fetcher_is_replaced_by_the_living_one(self):
        account, sync = self.begin()
        self.wait_pages(sync, 5)
        dead = self.busy_fetcher()
        dead.kill()
        began, pages = time.monotonic(), self.all_pages(sync)
        self.wait_until(lambda: self.all_pages(sync) > pages + 3, "the other one goes on", 30)
        took = time.monotonic() - began
        print(f"[takeover after {took:.1f} s] ", end="", file=sys.stderr, flush=True)
        self.assert_undisturbed(account, sync, 6)
        dead.start()
        dead.await_ready()
        self.assertLess(took, 20, "lease 2 s, Kafka's session 6 s")

    def all_pages(self, sync):
        return int(self.pipeline.value(f"SELECT count(*) FROM sync_page WHERE sync_id = '{sync}'"))

    def test_a_fetcher_that_slept_beyond_its_lease_changes_nothing_when_it_wakes(self):
        account, sync = self.begin()
        self.wait_pages(sync, 8)
        zombie = self.busy_fetcher()
        zombie.stop()
        try:
            self.assertEqual(self.pipeline.watch(sync, timeout=60).state, "complete", "the other one has taken over")
        finally:
            zombie.go_on()
        zombie.await_ready()
        self.wait_until(lambda: zombie.metric("leases_lost_total") >= 1, "it sees that its lease is gone")
        self.assert_undisturbed(account, sync, 8)

    def blocked_writer(self):
        """The one that waits for a lock inside its transaction."""
        ports = self.pipeline.sql("SELECT client_port FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                                  f"AND application_name = 'syncline-writer' AND datname = '{self.pipeline.name}'")
        return next((worker for worker in self.both("writer") for [port] in ports if worker.has_port(int(port))), None)

    def test_a_writer_that_fell_asleep_inside_a_transaction_holds_the_other_up_for_seconds_and_changes_nothing(self):
        with stack.Lock(self.pipeline.name, "track"):
            account, sync = self.begin()
            zombie = self.wait_until(self.blocked_writer, "a writer waits for the table")
            zombie.stop()
        began = time.monotonic()
        try:
            self.assertEqual(self.pipeline.watch(sync, timeout=60).state, "complete", "the other one has taken over")
        finally:
            zombie.go_on()
        print(f"[the other one was done after {time.monotonic() - began:.1f} s] ", end="", file=sys.stderr, flush=True)
        zombie.await_ready()
        self.assert_undisturbed(account, sync, 0)
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"), added=0, changed=0, removed=0)

    def test_a_zombie_fetcher_does_not_bring_back_what_a_later_sync_removed(self):
        account, sync = self.begin()
        self.wait_pages(sync, 8)
        zombie = self.busy_fetcher()
        zombie.stop()
        try:
            self.assertEqual(self.pipeline.watch(sync, timeout=60).state, "complete")
            self.server.edit("remove", index=0, tracks=20)
            for _ in range(2):
                self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
            self.assert_library(account, self.server, ["tracks"])
        finally:
            zombie.go_on()
            zombie.await_ready()
        time.sleep(1.5)
        self.assert_library(account, self.server, ["tracks"])
        self.server.reset("library")
        self.server.edit("rescan")
        self.assert_complete(self.pipeline.sync(self.calm, "--mode", "full"))
