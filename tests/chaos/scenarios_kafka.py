"""Scenarios 6 to 8: the broker dies or hangs, its answers to commits and joins are lost, topics change under the workers."""
import os
import signal
import time

import kafka_wire
import proxy
import stack
from cluster import Cluster
from scenario import Scenario

CPU_SHARE = 0.6  # of a core that a worker may use while there is no broker: it waits, it does not spin
TICKS = os.sysconf("SC_CLK_TCK")

# Kinds of requests, by Kafka's numbers.
REQUESTS = {"commit": 8, "join": 11, "sync": 14, "heartbeat": 12, "coordinator": 10, "produce": 0, "fetch": 1, "producer id": 22}


def processor_s(worker):
    """Seconds of a core that it has used."""
    with open(f"/proc/{worker.child.pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class KafkaScenario(Scenario):
    """What is allowed while and after a broker is not there: its client waits long, and a member that is fenced off ends."""

    gap_s = 40.0
    settle_s = 90.0
    exit_codes = (1,)


class BrokerLost(KafkaScenario):
    number, title, alone = 6, "the broker is killed, hangs, is away for long", True
    VARIANTS = ("kill", "stop in order", "hang")
    felt = "kafka client|Kafka"

    def __init__(self):
        super().__init__()
        self.down, self.spinning = False, []

    def plan(self, trial):
        self.variant = self.VARIANTS[trial.seed % len(self.VARIANTS)]
        self.seconds = trial.random.choice((0, 3, 12))
        if trial.seed % 10 == 7:
            self.seconds = 60
        trial.at(trial.random.uniform(0.5, 3.0), "break", lambda: self.strike(trial))

    def strike(self, trial):
        """Away for some seconds, and back: nothing else is done meanwhile."""
        trial.journal.fault(f"kafka: {self.variant}", seconds=self.seconds)
        self.down = True
        workers = [worker for worker in trial.pipeline.workers.values() if worker.child.poll() is None]
        if self.variant == "stop in order":
            stack.stop("kafka")
        else:
            os.kill(stack.pid_of("kafka"), signal.SIGKILL if self.variant == "kill" else signal.SIGSTOP)
        before, began = {worker: processor_s(worker) for worker in workers}, time.monotonic()
        while time.monotonic() - began < max(self.seconds, 1):
            trial.supervise()
            time.sleep(0.1)
        for worker, used in before.items():
            if worker.child.poll() is None and time.monotonic() - began > 2:
                share = (processor_s(worker) - used) / (time.monotonic() - began)
                if share > CPU_SHARE:
                    self.spinning.append(f"C12 {worker.name} used {share:.2f} of a core while there was no broker")
        if self.variant == "hang":
            os.kill(stack.pid_of("kafka"), signal.SIGCONT)
        else:
            stack.start("kafka")
        trial.journal.write("mended")
        self.down = False

    def unsettled(self, trial):
        return self.down

    def check(self, trial, topics):
        return self.spinning


class LeaderLost(KafkaScenario):
    """Of three brokers the one that leads a partition, or keeps the groups, goes away, and others take its place; two are gone,
    so that nothing can be acknowledged."""

    number, title = 22, "of three brokers leaders are killed, hang, leave; two are away"
    more_descriptors = 24  # a connection and its pipe, of four clients, to each broker that was not spoken to before
    VARIANTS = ("kill a leader", "hang a leader", "a leader leaves", "kill the coordinator", "two are away")
    felt = "kafka client|Kafka"

    def __init__(self):
        super().__init__()
        self.cluster, self.away = None, []

    def settings(self, trial):
        self.variant = self.VARIANTS[trial.seed % len(self.VARIANTS)]
        self.cluster = Cluster(trial.slot)
        return {}

    def plan(self, trial):
        begin = 0.0
        for _ in range(trial.random.choice((1, 2))):
            begin += trial.random.uniform(0.5, 2.5)
            trial.at(begin, "break", lambda: self.strike(trial))
            begin += trial.random.uniform(1.0, 8.0)
            trial.at(begin, "mend", lambda: self.mend(trial))

    def strike(self, trial):
        """Whom it meets depends on who leads at that moment."""
        prefix, draw = trial.pipeline.prefix, trial.random
        topic, group = draw.choice(("sync.jobs", "sync.pages", "sync.items")), draw.choice(("syncline-parser", "syncline-writer"))
        try:
            _, leaders = kafka_wire.metadata(prefix + topic)
            keeper = kafka_wire.coordinator(prefix + group)
        except (OSError, kafka_wire.Refused) as error:  # who was away before is not back yet
            trial.journal.write("nobody to strike", why=str(error))
            return
        leader = leaders[draw.randrange(len(leaders))] if leaders else -1
        if self.variant == "kill the coordinator":
            leader = next(number for number, port in self.cluster.ports.items() if keeper.endswith(f":{port}"))
        if leader not in self.cluster.ports:
            trial.journal.write("nobody to strike", why="the partition has no leader now")
            return
        others = [number for number in self.cluster.ports if number != leader]
        self.away = [leader, draw.choice(others)] if self.variant == "two are away" else [leader]
        for number in self.away:
            if self.variant == "hang a leader":
                self.cluster.send(number, signal.SIGSTOP)
            else:
                self.cluster.end(number, signal.SIGTERM if self.variant == "a leader leaves" else signal.SIGKILL)
        trial.journal.fault(f"kafka: {self.variant}", brokers=self.away)

    def mend(self, trial):
        for number in self.away:
            if self.variant == "hang a leader":
                self.cluster.send(number, signal.SIGCONT)
            else:
                self.cluster.start(number)
        self.away = []
        trial.journal.write("mended")

    def unsettled(self, trial):
        return bool(self.away)

    def deaf(self, trial):
        return len(self.away) > 1

    def gone(self, trial):
        if self.cluster:
            self.cluster.close()


class CoordinatorLost(KafkaScenario):
    """Requests to the group's coordinator, and to any broker, are cut off before or after the broker has got them."""

    number, title = 7, "connections cut at commits, joins, heartbeats, produce and fetch"

    def __init__(self):
        super().__init__()
        self.proxy, self.down = None, False

    def before(self, trial):
        self.proxy = proxy.Proxy(int(stack.KAFKA.split(":")[1]), trial.seed, rewrite=True)

    def worker_options(self, trial, kind):
        return {"kafka_brokers": f"127.0.0.1:{self.proxy.port}"}

    def workers(self, trial):
        return {"fetcher": 2, "parser": 2, "writer": 2}

    def plan(self, trial):
        names = sorted(REQUESTS)
        for number in range(trial.random.randrange(2, 6)):
            name = names[trial.seed % len(names)] if number == 0 else trial.random.choice(names)
            forward, count = trial.random.random() < 0.5, trial.random.randrange(1, 4)
            trial.at(trial.random.uniform(0.2, 4), "cut", lambda name=name, forward=forward, count=count: self.cut(trial, name, forward, count))
            if name in ("join", "sync"):  # otherwise nobody would join
                trial.at(trial.random.uniform(0.2, 4), "restart", lambda: self.restart(trial))

    def cut(self, trial, name, forward, count):
        self.proxy.set("cut request", key=REQUESTS[name], forward=forward, count=count)
        trial.journal.fault(f"kafka: {name} {'unanswered' if forward else 'lost'}", count=count)

    @staticmethod
    def restart(trial):
        worker = trial.random.choice(list(trial.pipeline.workers.values()))
        worker.kill()
        worker.start()
        trial.journal.fault("kill", name=worker.name)

    def heal(self, trial):
        self.proxy.set(None)

    def after(self, trial):
        self.proxy.close()


class TopicChanged(Scenario):
    """More partitions, or messages gone that a group had not read yet."""

    number, title = 8, "partitions added, unread messages gone"
    ends = ("complete", "joined", "partial", "failed")
    exit_codes = (1,)
    gap_s = 60.0
    settle_s = 120.0

    def __init__(self):
        super().__init__()
        self.unread = set()

    def check(self, trial, topics):
        """What a group had not read, or not said so, is told."""
        told = {int(row[0]) for row in trial.pipeline.sql("SELECT kafka_partition FROM sync_reject WHERE reason = 'kafka_gap'")}
        if self.unread - told:
            yield f"C8 of partitions {sorted(self.unread - told)} unread messages are gone, and nothing was told"

    def plan(self, trial):
        draw = trial.random
        self.cuts_topics = trial.seed % 2 == 1
        topic = draw.choice(("sync.pages", "sync.items", "sync.jobs"))
        if self.cuts_topics:
            trial.at(draw.uniform(1.0, 2.0), "cut off", lambda: self.cut_off(trial, topic))
            return
        trial.at(draw.uniform(0.5, 2.5), "add", lambda: self.add(trial, topic))
        for kind in draw.sample(("fetcher", "parser", "writer"), 2):
            trial.at(draw.uniform(2.5, 4.0), "restart", lambda kind=kind: self.restart(trial, kind))

    @staticmethod
    def add(trial, topic):
        name = trial.pipeline.prefix + topic
        kafka_wire.add_partitions(name, kafka_wire.partitions(name) + trial.random.randrange(1, 7))
        trial.journal.fault(f"kafka: more partitions of {topic}")

    @staticmethod
    def restart(trial, kind):
        worker = trial.pipeline.workers[f"{kind}-1"]
        worker.end()
        worker.start()
        trial.journal.fault("restart", name=worker.name)

    def cut_off(self, trial, topic):
        """While its reader is stopped for a moment, so that it has something unread."""
        name = trial.pipeline.prefix + topic
        reader = {"sync.jobs": "fetcher", "sync.pages": "parser", "sync.items": "writer"}[topic]
        workers = [worker for worker in trial.pipeline.workers.values() if worker.kind == reader]
        for worker in workers:
            worker.kill()
        time.sleep(1.0)
        ends, group = kafka_wire.offsets(name, kafka_wire.partitions(name)), trial.pipeline.prefix + "syncline-" + reader
        done = kafka_wire.committed(group)
        self.unread = {number for number, end in ends.items() if done.get((name, number), 0) < end}
        kafka_wire.cut_off(name, ends)
        trial.journal.fault(f"kafka: unread {topic} gone")
        for worker in workers:
            worker.start()


ALL = (BrokerLost, CoordinatorLost, TopicChanged, LeaderLost)
