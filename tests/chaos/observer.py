"""Looks at a run from outside, again and again, and keeps what it saw for the checks.

Order matters in each look: what was committed in Kafka is read before what stands in Postgres and at the ends of topics, so
that an effect which is not there yet although its offset is committed cannot be a matter of chance.
"""
import collections
import json
import subprocess

import kafka_wire
import stack

Look = collections.namedtuple("Look", "at committed ends positions syncs shown")
# What `watch` and the console show of a category of a sync: of its newest walk until it has ended.
Shown = collections.namedtuple("Shown", "epoch ended walk pages received stored")
# What `syncline lag` told, and what Kafka told before and after: {(topic, partition): offset}.
Lag = collections.namedtuple("Lag", "at told committed ends later_committed later_ends")

READS = {"syncline-fetcher": "sync.jobs", "syncline-fetcher-background": "sync.jobs.background", "syncline-parser": "sync.pages",
         "syncline-writer": "sync.items"}
GROUPS = tuple(READS)
EVERY_S = 0.4
LAG_EVERY_S, LAG_WITHIN_S = 1.5, 20

QUESTION = """
SELECT json_build_object(
	'positions', (SELECT coalesce(json_agg(json_build_array(a.name, l.category, l.epoch, l.walk, l.page, l.part)), '[]'::json)
	              FROM library l JOIN account a USING (account_id)),
	'syncs', (SELECT coalesce(json_object_agg(sync_id, state), '{}'::json) FROM sync),
	'open', (SELECT count(*) FROM sync WHERE ended_at IS NULL AND (not_before IS NULL OR not_before < now())),
	'shown', (SELECT coalesce(json_agg(json_build_array(c.sync_id, c.category, c.epoch, c.ended_at IS NOT NULL,
	                 coalesce(p.walk, c.walk), p.pages, p.received, p.stored)), '[]'::json)
	          FROM sync_category c LEFT JOIN LATERAL (
	              SELECT g.walk, count(*) AS pages, sum(g.received) AS received, sum(g.stored) AS stored
	              FROM sync_page g WHERE g.sync_id = c.sync_id AND g.category = c.category GROUP BY g.walk ORDER BY g.walk DESC LIMIT 1
	          ) p ON true
	          WHERE c.ended_at IS NULL OR c.ended_at > now() - interval '3 seconds'),
	'pages', (SELECT count(*) FROM sync_page),
	'connections', (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()))
"""


class Observer:
    def __init__(self, pipeline, journal):
        self.pipeline, self.journal = pipeline, journal
        self.session = pipeline.session
        self.looks, self.blind = [], 0
        self.resources = collections.defaultdict(list)  # name of a worker: (pid, descriptors, threads, KiB)
        self.connections = 0
        self.next_at = 0.0
        self.progress = None
        self.progress_at = 0.0
        self.longest_gap, self.gap_at = 0.0, 0.0
        self.open = 0
        self.deaths = []
        self.lags = []
        self.asking, self.before, self.ask_at = None, None, 0.0

    def look(self, outage):
        """outage: something that is needed is away, or was until just now; then standing still is no fault."""
        if outage:  # also when nothing can be seen because of it
            self.progress_at = self.journal.now
        self._see(self._follow_lag)
        if self.journal.now >= self.next_at:
            self._see(lambda: self._look(outage))
            self.next_at = self.journal.now + EVERY_S

    def _see(self, function):
        try:
            function()
        except (OSError, AssertionError, kafka_wire.Refused, json.JSONDecodeError) as error:
            self.blind += 1
            self.journal.write("blind", why=str(error)[:120])

    def _committed(self):
        prefix, committed = self.pipeline.prefix, {}
        for group in GROUPS:
            for (topic, partition), offset in kafka_wire.committed(prefix + group).items():
                committed[topic[len(prefix):], partition] = offset
        return committed

    def _ends(self):
        """Of what the groups read."""
        prefix = self.pipeline.prefix
        return {(topic, number): offset for topic in READS.values()
                for number, offset in kafka_wire.offsets(prefix + topic, kafka_wire.partitions(prefix + topic)).items()}

    def _follow_lag(self):
        """The command beside the run: what Kafka tells before it is asked and after it has answered is kept with its answer."""
        now = self.journal.now
        if not self.asking:
            if now >= self.ask_at:
                self.ask_at = now + LAG_EVERY_S
                self.before = self._committed(), self._ends()
                words = [stack.BIN / "syncline", "--config", self.pipeline.settings, "lag", "--json"]
                self.asking = subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        elif self.asking.poll() is not None:
            asked, self.asking = self.asking, None
            with asked:
                said = asked.stdout.read()
            if asked.returncode == 0:  # else Kafka is away, and it tells nothing
                later_ends = self._ends()
                self.lags.append(Lag(now, json.loads(said), *self.before, self._committed(), later_ends))
        elif now > self.ask_at + LAG_WITHIN_S:
            self.forget_lag()

    def forget_lag(self):
        """Who is asking is not waited for."""
        if self.asking:
            with self.asking:
                self.asking.kill()
            self.asking = None

    def _look(self, outage):
        self.measure_workers()
        prefix = self.pipeline.prefix
        committed = self._committed()
        ends = {topic: kafka_wire.offsets(prefix + topic, kafka_wire.partitions(prefix + topic))
                for topic in ("sync.pages", "sync.items", "sync.rejects")}
        seen = json.loads(self.session.sql(QUESTION)[0][0])
        positions = {(row[0], row[1]): tuple(row[2:]) for row in seen["positions"]}
        shown = {(row[0], row[1]): Shown(*row[2:5], *(figure or 0 for figure in row[5:])) for row in seen["shown"]}
        self.looks.append(Look(self.journal.now, committed, ends, positions, seen["syncs"], shown))
        self.connections = max(self.connections, seen["connections"])
        self.open = seen["open"]
        self._follow_progress((seen["pages"], sorted(seen["syncs"].items())), outage)

    def _follow_progress(self, progress, outage):
        now = self.journal.now
        if progress != self.progress or outage or self.open == 0:
            self.progress, self.progress_at = progress, now
        if now - self.progress_at > self.longest_gap:
            self.longest_gap, self.gap_at = now - self.progress_at, self.progress_at

    def measure_workers(self):
        """What each holds now: another row of its resources."""
        for name, worker in self.pipeline.workers.items():
            try:
                self.resources[name].append((worker.child.pid, worker.descriptors(), worker.status("Threads"), worker.memory_kib()))
            except (OSError, StopIteration):
                pass  # it has just ended
