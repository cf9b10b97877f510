"""Scenario 21: two of the others at once, each as it is alone. What either may do to a run, both together may."""
import itertools

from scenario import Scenario
from scenarios_edits import Edited
from scenarios_jobs import Poison, Surroundings
from scenarios_kafka import CoordinatorLost
from scenarios_network import BadNetwork
from scenarios_provider import Throttled, Tokens, Wrong
from scenarios_stores import PostgresBusy, PostgresDies, PostgresRefuses, RedisLost
from scenarios_workers import KilledFetcher, KilledParser, KilledWriter, Scaled, Stopped

PARTS = (KilledFetcher, KilledParser, KilledWriter, Stopped, Scaled, CoordinatorLost, BadNetwork, RedisLost, PostgresDies, PostgresBusy,
         PostgresRefuses, Throttled, Wrong, Tokens, Edited, Poison, Surroundings)
# Those that would take the same thing out of each other's hands, or whose question has no answer beside the other.
APART = {frozenset(pair) for pair in (
    *itertools.combinations((PostgresDies, PostgresBusy, PostgresRefuses), 2),  # a Postgres of its own each
    (CoordinatorLost, BadNetwork), (BadNetwork, PostgresDies),  # a proxy in front of the same service
    (Tokens, Edited),  # of Spotify's; of any server
    (Wrong, Edited), (Wrong, Poison), (Edited, Poison),  # compares with a library that nobody edits and whose items are all good
)}
PAIRS = [pair for pair in itertools.combinations(PARTS, 2) if frozenset(pair) not in APART]


class View:
    """A trial with another seed, so that the variants of the two have nothing to do with each other."""

    def __init__(self, trial, seed):
        self._trial, self.seed = trial, seed

    def __getattr__(self, name):
        return getattr(self._trial, name)


class Pair(Scenario):
    number, title = 21, "two faults at a time"

    def __init__(self):
        super().__init__()
        self.parts, self.views = (), ()

    def each(self, method, *words):
        """What each of the two answers."""
        return [getattr(part, method)(view, *words) for part, view in zip(self.parts, self.views)]

    def merged(self, method, *words):
        first, second = self.each(method, *words)
        return {**first, **second}

    def settings(self, trial):
        self.parts = [part() for part in PAIRS[trial.seed % len(PAIRS)]]
        self.views = [View(trial, trial.random.randrange(1000)) for _ in self.parts]
        for part in self.parts:
            part.lost = self.lost
        trial.journal.write("pair", scenarios=[part.number for part in self.parts], seeds=[view.seed for view in self.views])
        settings = self.merged("settings")
        for part in self.parts:
            if isinstance(part, Tokens) and not {KilledFetcher, Stopped, Scaled}.isdisjoint(map(type, self.parts)):
                part.interrupted = part.may_sign_out = True
                part.ends = (*part.ends, "needs_auth")
        self.take_limits()
        return settings

    def take_limits(self):
        """Those of the two together; they may have set theirs with their settings."""
        first, second = self.parts
        self.flavours = [name for name in first.flavours if name in second.flavours] or min(first.flavours, second.flavours, key=len)
        for name in ("servers", "edits"):
            setattr(self, name, min(getattr(first, name), getattr(second, name)))
        for name in ("accounts", "syncs"):
            setattr(self, name, max(getattr(first, name), getattr(second, name)))
        self.slow_ms = next((part.slow_ms for part in self.parts if part.slow_ms != Scenario.slow_ms), Scenario.slow_ms)
        self.settle_s, self.gap_s = (sum(getattr(part, name) for part in self.parts) for name in ("settle_s", "gap_s"))
        for name in ("may_sign_out", "liveness", "poisons"):
            setattr(self, name, getattr(first, name) or getattr(second, name))
        self.ends, self.exit_codes = ((*getattr(first, name), *getattr(second, name)) for name in ("ends", "exit_codes"))

    def workers(self, trial):
        first, second = self.each("workers")
        return {kind: max(count, second[kind]) for kind, count in first.items()}

    def proxied(self, trial, url):
        for part, view in zip(self.parts, self.views):
            url = part.proxied(view, url)
        return url

    def worker_options(self, trial, kind):
        return self.merged("worker_options", kind)

    def worker_environment(self, trial, kind):
        return self.merged("worker_environment", kind)

    def server_options(self, trial):
        return self.merged("server_options")

    def armed(self, trial, kind):
        return next((point for point in self.each("armed", kind) if point), None)

    def before(self, trial):
        self.each("before")

    def plan(self, trial):
        self.each("plan")

    def unsettled(self, trial):
        return any(self.each("unsettled"))

    def heal(self, trial):
        self.each("heal")

    def settled(self, trial):
        return [text for texts in self.each("settled") for text in texts]

    def check(self, trial, topics):
        return [text for texts in self.each("check", topics) for text in texts]

    def after(self, trial):
        self.each("after")

    def gone(self, trial):
        self.each("gone")


ALL = (Pair,)
