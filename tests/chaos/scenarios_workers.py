"""Scenarios 1 to 5: workers die, hang, come and go."""
import collections

import kafka_wire
from points import points
from scenario import Scenario


class Killed(Scenario):
    """kill -9 of one kind of worker, at points of its code and at any time."""

    kind = ""
    lives = 4
    COSTS_A_SIGN_IN = ("fetcher: a token is answered, not kept",)  # so it comes first, or not at all

    def __init__(self):
        super().__init__()
        self.plan_of_lives, self.first = None, ""

    def settings(self, trial):
        names = points(self.kind)
        self.first = names[trial.seed % len(names)]  # each seed another one first, so that few seeds cover all
        if "token" in self.first:
            self.flavours = ("spotify", "spotify-2026")
        return {"batch_rows": trial.random.choice((200, 5000))}

    def server_options(self, trial):
        # Renewed a minute before they end: so these are renewed every few seconds.
        return {"token_life": 63} if "token" in self.first else {}

    def workers(self, trial):
        """Another one of the kind takes over."""
        return {**super().workers(trial), self.kind: 2}

    def armed(self, trial, kind):
        if kind != self.kind:
            return None
        if self.plan_of_lives is None:
            names = [name for name in points(kind) if name not in self.COSTS_A_SIGN_IN]
            # The same for the first of each worker of the kind: one of them may have little to do.
            alike = self.workers(trial)[kind]
            chosen = [self.first] * alike + [trial.random.choice(names) for _ in range(self.lives - alike)]
            self.plan_of_lives = [f"{name}:{trial.random.choice((1, 1, 2, 3, 5, 8))}" for name in chosen]
        return self.plan_of_lives.pop(0) if self.plan_of_lives else None

    def plan(self, trial):
        for _ in range(trial.random.randrange(0, 3)):
            trial.at(trial.random.uniform(0.3, 5), "kill", lambda: self.kill(trial))

    def kill(self, trial):
        alive = [worker for worker in trial.pipeline.workers.values() if worker.kind == self.kind and worker.child.poll() is None]
        if not alive:
            return
        worker = trial.random.choice(alive)
        worker.kill()
        trial.journal.fault("kill", name=worker.name)
        worker.more_environment = {}
        worker.start()

    def heal(self, trial):
        self.plan_of_lives = []


class KilledFetcher(Killed):
    number, title, kind = 1, "kill -9 of a fetcher", "fetcher"

    def settings(self, trial):
        settings = super().settings(trial)
        if "token" in self.first:  # another account's answer may be on its way when the worker dies
            self.may_sign_out = True
            self.ends = (*self.ends, "partial", "failed", "needs_auth")
        return settings


class KilledParser(Killed):
    number, title, kind = 2, "kill -9 of a parser", "parser"


class KilledWriter(Killed):
    number, title, kind = 3, "kill -9 of a writer", "writer"


class Stopped(Scenario):
    """SIGSTOP for longer than Kafka's session, the lease and Postgres' patience; then it wakes, and others have its work."""

    number, title = 4, "a worker sleeps beyond session and lease, and wakes"
    exit_codes = (1,)  # who wakes under its own name may be taken for a second one of that name, and ends

    def workers(self, trial):
        return {"fetcher": 2, "parser": 2, "writer": 2}

    def plan(self, trial):
        draw = trial.random
        for kind in draw.sample(("fetcher", "parser", "writer"), draw.choice((1, 1, 2))):
            worker = trial.pipeline.workers[f"{kind}-{draw.choice((1, 2))}"]
            begin, length = draw.uniform(0.2, 2.5), draw.uniform(2.5, 13.0)
            trial.at(begin, "stop", lambda worker=worker: self.stop(trial, worker))
            trial.at(begin + length, "continue", worker.go_on)

    @staticmethod
    def stop(trial, worker):
        worker.stop()
        trial.journal.fault("stop", name=worker.name)


class Scaled(Scenario):
    """From one to eight and back, and rolling restarts, with and without stable names. In one seed of three there are more workers
    than partitions; then those that have partitions leave, and one that had none goes on alone."""

    number, title = 5, "scaled up and down, restarted in turn"
    PARTITIONS = 3
    GROUPS = {"fetcher": ("syncline-fetcher", "syncline-fetcher-background"), "parser": ("syncline-parser",), "writer": ("syncline-writer",)}
    IDLE = "no partitions of Kafka's yet (more workers of this kind than partitions?)"

    def __init__(self):
        super().__init__()
        self.named, self.crowded = True, False
        self.codes = []
        self.came, self.went = collections.Counter(), collections.Counter()

    def settings(self, trial):
        self.crowded = self.is_alone(trial) and trial.seed % 3 == 0
        return {"partitions": self.PARTITIONS} if self.crowded else {}

    def is_alone(self, trial):
        """Not one of two (21): then the other one's dead and sleeping workers would have to be counted, too."""
        return trial.scenario is self

    def before(self, trial):
        self.named = trial.random.random() < 0.5

    def workers(self, trial):
        return {"fetcher": 1, "parser": 1, "writer": 1}

    def worker_options(self, trial, kind):
        return {} if self.named else {"worker_name": ""}

    def plan(self, trial):
        draw = trial.random
        self.came.update(self.workers(trial))
        for kind in self.GROUPS:
            for _ in range(draw.choice((1, 2, 3, 7))):
                trial.at(draw.uniform(0.2, 2.5), "more", lambda kind=kind: self.more(trial, kind))
            for _ in range(draw.randrange(1, 3)):
                trial.at(draw.uniform(1.5, 4.5), "restart", lambda kind=kind: self.restart(trial, kind))
            trial.at(draw.uniform(4.0, 5.0), "fewer", lambda kind=kind: None if self.crowded else self.fewer(trial, kind))

    @staticmethod
    def of_kind(trial, kind):
        return [worker for worker in trial.pipeline.workers.values() if worker.kind == kind]

    def more(self, trial, kind):
        worker = trial.start_worker(kind)
        self.came[kind] += 1
        trial.journal.fault("one more", name=worker.name)

    def end(self, worker):
        code = worker.end()
        dies = code == -9 and "SYNCLINE_CRASH_AT" in worker.more_environment  # beside 1 to 3 (21): on its way out it passed its point
        self.codes.append((worker.name, 0 if dies else code))
        self.went[worker.kind] += 1
        return code

    def restart(self, trial, kind):
        worker = trial.random.choice(self.of_kind(trial, kind))
        code = self.end(worker)
        trial.journal.fault("restart", name=worker.name, code=code)
        worker.start()
        self.came[kind] += 1

    def fewer(self, trial, kind, stays=None):
        for worker in self.of_kind(trial, kind):
            if worker is not (stays or self.of_kind(trial, kind)[0]):
                code = self.end(worker)
                del trial.pipeline.workers[worker.name]
                trial.journal.fault("one fewer", name=worker.name, code=code)

    def heal(self, trial):
        for kind in self.GROUPS if self.crowded else ():
            while len(self.of_kind(trial, kind)) <= self.PARTITIONS:
                self.more(trial, kind)
        for kind in self.GROUPS if self.crowded else ():
            idle = trial.wait(lambda kind=kind: self.idle(trial, kind), f"each {kind} works, or says that no partition is left", 40)
            trial.journal.fault(f"more {kind}s than partitions", idle=[worker.name for worker in idle])
            self.fewer(trial, kind, idle[0])

    def idle(self, trial, kind):
        """Those without a partition, as soon as all others are at work. A fetcher is in two groups, in which only names stand in
        one order: without them some have a partition of one topic only, and there may be none that has nothing."""
        said = {worker: worker.get("/readyz") for worker in self.of_kind(trial, kind)}
        idle = [worker for worker, (_, text) in said.items() if self.IDLE in text]
        alike = self.named or kind != "fetcher"
        working = sum(code == 200 for code, _ in said.values())
        if working + len(idle) < len(said) or (alike and working != self.PARTITIONS):
            return None
        return idle or list(said)[-1:]

    def check(self, trial, topics):
        # TERM to a worker that has not got as far as to wait for it ends it at once.
        yield from (f"C9 {name} was asked to end and ended with {code}" for name, code in self.codes if code not in (0, -15))
        if self.is_alone(trial):
            yield from self.shared_out(trial)

    def shared_out(self, trial):
        """Partitions are dealt out anew when somebody joins a group, and when somebody has left it or, with a name, not come back
        within the session: once for each, and what happens together costs one time. A member that came back in time costs none. So a
        group that is dealt out more often does so without a cause."""
        for kind, groups in self.GROUPS.items():
            for group in groups:
                times, most = kafka_wire.generation(trial.pipeline.prefix + group), self.came[kind] + self.went[kind]
                trial.journal.write("shared out", group=group, times=times, most=most)
                if not 0 < times <= most:
                    yield f"C12 {group} was shared out {times} times, {self.came[kind]} came and {self.went[kind]} went"


ALL = (KilledFetcher, KilledParser, KilledWriter, Stopped, Scaled)
