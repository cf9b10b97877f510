"""Looks at a run from outside, again and again, and keeps what it saw for the checks.

Order matters in each look: what was committed in Kafka is read before what stands in Postgres and at the ends of topics, so
that an effect which is not there yet although its offset is committed cannot be a matter of chance.
"""
import collections
import json

import kafka_wire

Look = collections.namedtuple("Look", "at committed ends positions syncs")

GROUPS = ("syncline-fetcher", "syncline-fetcher-background", "syncline-parser", "syncline-writer")
EVERY_S = 0.4

QUESTION = """
SELECT json_build_object(
	'positions', (SELECT coalesce(json_agg(json_build_array(a.name, l.category, l.epoch, l.walk, l.page, l.part)), '[]'::json)
	              FROM library l JOIN account a USING (account_id)),
	'syncs', (SELECT coalesce(json_object_agg(sync_id, state), '{}'::json) FROM sync),
	'open', (SELECT count(*) FROM sync WHERE ended_at IS NULL AND (not_before IS NULL OR not_before < now())),
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

    def look(self, outage):
        """outage: something that is needed is away, or was until just now; then standing still is no fault."""
        if self.journal.now < self.next_at:
            return
        try:
            self._look(outage)
        except (OSError, AssertionError, kafka_wire.Refused, json.JSONDecodeError) as error:
            self.blind += 1
            self.journal.write("blind", why=str(error)[:120])
        self.next_at = self.journal.now + EVERY_S

    def _look(self, outage):
        self.measure_workers()
        prefix = self.pipeline.prefix
        committed = {}
        for group in GROUPS:
            for (topic, partition), offset in kafka_wire.committed(prefix + group).items():
                committed[topic[len(prefix):], partition] = offset
        ends = {topic: kafka_wire.offsets(prefix + topic, kafka_wire.partitions(prefix + topic))
                for topic in ("sync.pages", "sync.items", "sync.rejects")}
        seen = json.loads(self.session.sql(QUESTION)[0][0])
        positions = {(row[0], row[1]): tuple(row[2:]) for row in seen["positions"]}
        self.looks.append(Look(self.journal.now, committed, ends, positions, seen["syncs"]))
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
