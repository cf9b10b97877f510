"""Scenarios 18 to 20: requests without end, poison in every topic, wrong clocks, logs that cannot be written, no descriptors."""
import json
import os
import resource
import subprocess
import time

import preload
import stack
from scenario import Scenario
from trial import uuid7


class Requests(Scenario):
    """A thousand requests at once are one sync; a command that is killed while it asks loses nothing that it promised."""

    number, title = 18, "a thousand requests at once, commands killed while they ask"
    accounts = 1
    syncs = 1
    edits = 1
    settle_s = 120.0

    def plan(self, trial):
        draw = trial.random
        _, name = draw.choice(trial.accounts())
        for _ in range(draw.choice((1, 3))):
            trial.at(draw.uniform(0.2, 3), "many", lambda: self.many(trial, name, 1000))
        for _ in range(3):
            _, other = draw.choice(trial.accounts())
            trial.at(draw.uniform(0.2, 4), "killed command",
                     lambda other=other, after=draw.uniform(0.0, 0.3): self.killed_command(trial, other, after))

    @staticmethod
    def many(trial, account, count):
        jobs = {str(uuid7(trial.random)): account for _ in range(count)}
        trial.pipeline.produce_job(*(json.dumps({"account": account, "sync": sync}) for sync in jobs), account=account)
        trial.accepted.update(jobs)
        trial.journal.fault("requests at once", count=count)

    @staticmethod
    def killed_command(trial, account, after):
        """The id that it has told is a promise; without one there is none."""
        words = [stack.BIN / "syncline", "--config", trial.pipeline.settings, "sync", account, "--json"]
        with subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as command:
            time.sleep(after)
            command.kill()
            told = command.stdout.read()
        trial.journal.fault("command killed", after_s=round(after, 3), told=bool(told))
        if told.endswith("\n"):
            trial.accepted[json.loads(told)["sync"]] = account

    def settled(self, trial):
        """At most a handful of a thousand did the work."""
        for state, count in trial.pipeline.sql("SELECT state, count(*) FROM sync GROUP BY 1"):
            trial.journal.write("syncs", state=state, count=count)
            if state == "complete" and int(count) > 60:
                yield f"C2 {count} of the requests were syncs of their own"


class Poison(Scenario):
    """Garbage, messages of other versions and items that are none, in between what is good."""

    number, title = 19, "poison in every topic, other versions, odd items"
    ends = ("complete", "joined", "partial", "failed")
    poisons = True

    def __init__(self):
        super().__init__()
        self.poison = 0

    def plan(self, trial):
        draw = trial.random
        for _ in range(draw.randrange(3, 8)):
            topic = draw.choice(("sync.jobs", "sync.pages", "sync.items"))
            trial.at(draw.uniform(0, 4.5), "poison", lambda topic=topic: self.send(trial, topic))
        for server in trial.servers:
            kind, words = draw.choice((("malformed", {"items": 3}), ("utf8", {}), ("nul", {}), ("deep", {"depth": 500}), ("large", {"mb": 3})))
            words = {**words, "count": draw.randrange(1, 5)}
            trial.at(draw.uniform(0, 2), "odd", lambda server=server, kind=kind, words=words: self.odd(trial, server, kind, words))

    @staticmethod
    def odd(trial, server, kind, words):
        server.strike(kind, **words)
        trial.journal.fault(f"items: {kind}", server=server.flavour.name)

    def send(self, trial, topic):
        draw = trial.random
        _, account = draw.choice(trial.accounts())
        sorts = [bytes(draw.randrange(1, 256) for _ in range(draw.randrange(1, 60))).replace(b"\n", b"x").replace(b"|", b"x"),
                 b"\xc1", b"\x80", b"[" * 2000, b'{"type":"raw_page"}', b"\x82\xa4type\xa5items\xa1v\x09",
                 b"\x82\xa4type\xa8raw_page\xa1v\x02", b"\x82\xa4type\xa8raw_page\xa1v\x01", b"x" * 100000]
        if topic == "sync.jobs":  # a job may be any JSON object with an account in it
            sorts += [b"{}", json.dumps({"account": "nobody-here"}).encode(), json.dumps({"account": account, "mode": "odd"}).encode()]
        values = [draw.choice(sorts) for _ in range(draw.randrange(1, 6))]
        stack.produce(trial.pipeline.prefix + topic, *values, key=f"{account}/tracks" if topic != "sync.jobs" else account)
        self.poison += len(values)
        trial.journal.fault(f"poison in {topic}", count=len(values))

    def settled(self, trial):
        """C8: each is a row, once."""
        query = "SELECT count(*) FROM sync_reject WHERE position = -1"
        try:
            trial.wait(lambda: int(trial.pipeline.value(query)) >= self.poison, "a row for each poisoned message", 20)
        except AssertionError:
            yield f"C8 {self.poison} poisoned messages were sent, {trial.pipeline.value(query)} are rejects"
        if int(trial.pipeline.value(query)) > self.poison:
            yield f"C8 {self.poison} poisoned messages were sent, {trial.pipeline.value(query)} are rejects"


class Surroundings(Scenario):
    """One worker's clock is an hour off, or goes faster or slower than time; its log cannot be written; it has no descriptors left."""

    number, title = 20, "a clock an hour off or slewed, a full or blocked log, no descriptors"
    VARIANTS = ("clock ahead", "clock behind", "log blocked", "log full", "no descriptors", "clock slewed")
    SLEW_PPM = 100_000  # as fast as chrony goes at most (maxslewrate)
    ends = ("complete", "joined", "partial", "failed")
    exit_codes = (1,)

    def __init__(self):
        super().__init__()
        self.shift, self.pipe, self.slewed = None, None, {}

    def settings(self, trial):
        self.variant = self.VARIANTS[trial.seed % len(self.VARIANTS)]
        return {}

    def worker_environment(self, trial, kind):
        if not self.variant.startswith("clock"):
            return {}
        name = f"{kind}-{trial.random.randrange(1000)}"
        self.shift = self.shift or {}
        self.shift[name] = trial.folder / f"shift-{name}"
        self.shift[name].write_text("0", encoding="ascii")
        return preload.environment(stack.ROOT / "tests/support/clock_shift.c", trial.folder, SYNCLINE_CLOCK_SHIFT=self.shift[name])

    def plan(self, trial):
        draw = trial.random
        if self.variant.startswith("clock"):
            for path in draw.sample(sorted(self.shift.values()), draw.choice((1, 1, len(self.shift)))):
                trial.at(draw.uniform(0.3, 3), "step", lambda path=path: self.step(trial, path))
            return
        for worker in draw.sample(sorted(trial.pipeline.workers.values(), key=lambda one: one.name), draw.choice((1, 2))):
            trial.at(draw.uniform(0.2, 1.5), "fault", lambda worker=worker: self.strike(trial, worker))

    def step(self, trial, path):
        if self.variant == "clock slewed":
            now = int(time.monotonic() * 1000)
            self.slewed[path] = (trial.random.choice((self.SLEW_PPM, -self.SLEW_PPM)), now)
            self.slew(path, now + 3_600_000)
        else:
            path.write_text("3600" if self.variant == "clock ahead" else "-3600", encoding="ascii")
        trial.journal.fault(self.variant, worker=path.name)

    def slew(self, path, until):
        ppm, since = self.slewed[path]
        whole = path.with_suffix(".new")  # one half written would be a clock that goes back
        whole.write_text(f"0 {ppm} {since} {until}", encoding="ascii")
        whole.replace(path)

    def strike(self, trial, worker):
        trial.journal.fault(self.variant, name=worker.name)
        if self.variant == "no descriptors":
            resource.prlimit(worker.child.pid, resource.RLIMIT_NOFILE, (worker.descriptors(), 1024))
            return
        worker.kill()
        self.restart_with_log(trial, worker)

    def restart_with_log(self, trial, worker):
        """Its log is a pipe that nobody reads and that is full, or the device that is always full."""
        if self.variant == "log full":
            target = os.open("/dev/full", os.O_WRONLY)
        else:
            reader, target = os.pipe()
            self.pipe = reader
            os.set_blocking(target, False)
            try:
                while True:
                    os.write(target, b"x" * 4096)
            except BlockingIOError:
                pass
            os.set_blocking(target, True)
        worker.asked_to_end = False
        worker.child = subprocess.Popen(worker.words, stdin=subprocess.DEVNULL, stdout=target, stderr=target, env=worker.environment())
        os.close(target)

    def heal(self, trial):
        """Clocks are right again; a log that could not be written goes on being so: nobody may need it."""
        for path in (self.shift or {}).values():
            if path in self.slewed:
                self.slew(path, int(time.monotonic() * 1000))
            else:
                path.write_text("0", encoding="ascii")
        if self.variant == "no descriptors":
            for worker in trial.pipeline.workers.values():
                if worker.child.poll() is None:
                    resource.prlimit(worker.child.pid, resource.RLIMIT_NOFILE, (1024, 1024))


ALL = (Requests, Poison, Surroundings)
