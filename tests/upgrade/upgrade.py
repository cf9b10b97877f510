"""The course of an upgrade: old workers to a moment, `syncline migrate`, new workers to the end, for each kind of server and moment."""
import collections
import contextlib
import shutil
import sys
import time

import flavours
import stack
from pipeline import Pipeline
from simulator import Simulator

NEW = stack.BIN
SETTINGS = {"rates": "applemusic=0,spotify=0", "page_size": 100}
KINDS = ("navidrome", "legacy", "jellyfin", "applemusic", "spotify")

# stopped: workers that are not there while the fetcher reads. kill: the others are not told to end.
Moment = collections.namedtuple("Moment", "name stopped kill slow_ms")
MOMENTS = (Moment("told to end in the midst", (), False, 150), Moment("killed in the midst", (), True, 150),
           Moment("all pages wait", ("parser",), False, 0), Moment("all items wait", ("writer",), True, 0))


def flavour_of(kind, folder):
    return {"spotify": flavours.Spotify, "jellyfin": flavours.Jellyfin, "navidrome": flavours.Flavour, "legacy": flavours.Flavour,
            "applemusic": lambda name: flavours.AppleMusic(name, folder)}[kind](kind)


def wait_until(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


class Course:
    """One upgrade: a database, topics and Redis keys of its own, at the old version's schema in the beginning."""

    def __init__(self, old, kind, moment):
        stack.BIN = old
        self.moment, self.fetcher = moment, None
        self.pipeline = Pipeline("upgrade", **SETTINGS)
        self.flavour = flavour_of(kind, self.pipeline.folder)
        stack.BIN = NEW
        self.server = Simulator(self.pipeline.log("simulator"), 1500, flags=self.flavour.flags, **self.flavour.options())
        stack.BIN = old
        self.flavour.add_account(self.pipeline, self.server, "home", "demo")

    def close(self, good):
        self.pipeline.close()
        self.server.stop()
        if good:
            shutil.rmtree(self.pipeline.folder)

    def sound(self, report, what):
        """What is wrong with a sync that has ended: that it is not complete, or has removed what is there."""
        wrong = [] if report.state == "complete" else [f"{what} ended {report.state}: {report.all['cause']}"]
        gone = {(category, item) for category, item in self.pipeline.sql("SELECT category, id FROM removal")}
        return wrong + [f"{what} removed {category} that are there" for category in flavours.CATEGORIES
                        if gone & {(category, item) for item in self.server.truth(category)}]

    def change(self):
        self.server.edit("insert", tracks=5, seed=1)
        self.server.edit("remove", tracks=3, index=10)

    def is_read(self, sync):
        """The fetcher says so when the last category's end is in Kafka."""
        return any(" fetched: " in line and sync in line for line in self.fetcher.log.read_text(encoding="utf-8").splitlines())

    def begin(self):
        """By the old workers, up to the moment. Returns the sync."""
        workers = dict(zip(("fetcher", "parser", "writer"), self.pipeline.start_all()))
        assert self.pipeline.sync("home").state == "complete", "the old version's own sync"
        self.change()
        self.fetcher = workers["fetcher"]
        for kind in self.moment.stopped:
            self.pipeline.remove(workers.pop(kind))
        if self.moment.slow_ms:
            self.server.fault("stall", ms=self.moment.slow_ms, count=0)
        self.server.reset("log")
        sync = self.pipeline.enqueue("home", "--mode", "full")
        if self.moment.stopped:
            wait_until(lambda: self.is_read(sync), "everything is read")
        else:
            wait_until(lambda: self.pipeline.value(f"SELECT count(*) FROM sync_page WHERE sync_id = '{sync}'") != "0", "something is stored")
        for worker in workers.values():
            if self.moment.kill:
                worker.kill()
            self.pipeline.remove(worker)
        return sync

    def run(self):
        sync = self.begin()
        state = self.pipeline.value(f"SELECT state FROM sync WHERE sync_id = '{sync}'")
        assert state in ("queued", "running"), f"the old version had ended it: {state}"
        self.server.reset("faults")
        stack.BIN = NEW
        self.pipeline.cli("migrate")
        self.pipeline.start_all()
        wrong = self.sound(self.pipeline.watch(sync), "the sync that the old version began")
        wrong += self.sound(self.pipeline.sync("home"), "an incremental one")
        wrong += self.sound(self.pipeline.sync("home", "--mode", "full"), "a full one")
        self.pipeline.confirm_held()
        wrong += self.flavour.differences(self.pipeline, "home", self.server)
        return wrong + [f"{what}: {detail}" for what, detail in self.pipeline.sql("SELECT what, detail FROM violation")]


def try_one(old, kind, moment):
    began, wrong = time.monotonic(), []
    with contextlib.ExitStack() as stack_of_one:
        try:
            course = Course(old, kind, moment)
            stack_of_one.callback(lambda: course.close(not wrong))
            wrong += course.run()
        except (AssertionError, OSError) as broken:
            wrong.append(str(broken))
    print(f"{kind:<14}{moment.name:<28}{'held' if not wrong else 'BROKEN':<8}{time.monotonic() - began:5.1f} s", flush=True)
    for text in wrong:
        print(f"    {text}", flush=True)
    return not wrong


def main(old, keep):
    stack.run([stack.COMPOSE / "up", "kafka", "postgres", "redis"], timeout=300)
    try:
        held = [try_one(old, kind, moment) for kind in KINDS for moment in MOMENTS]
    finally:
        if not keep:
            stack.run([stack.COMPOSE / "down", "--erase", "--yes"], timeout=120)
    print(f"\n{sum(held)} of {len(held)} held", file=sys.stderr if not all(held) else sys.stdout)
    return 0 if all(held) else 1
