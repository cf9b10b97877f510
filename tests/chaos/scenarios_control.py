"""Scenarios 23, 24 and 27: people step in at any moment. Syncs are cancelled, paused and asked for again; pages are parsed again;
accounts are removed and added again."""
import collections
import concurrent.futures
import json

import flavours
from scenario import Scenario
from trial import SETTLE_S

Told = collections.namedtuple("Told", "word account began ended code lines error")


class Commands:
    """Command lines that are given while a run goes on, two at a time."""

    def __init__(self):
        self.pool = concurrent.futures.ThreadPoolExecutor(2)
        self.told = []

    def give(self, trial, word, account, *options):
        """word: one or two, e.g. "rejects replay"."""
        trial.journal.fault(word, account=account)
        self.pool.submit(self._run, trial, word, account, options)

    def _run(self, trial, word, account, options):
        began = trial.journal.now
        try:
            done = trial.pipeline.cli(*word.split(), account, *options, "--json", check=False)
            lines = [json.loads(line) for line in done.stdout.splitlines()]
            told = Told(word, account, began, trial.journal.now, done.returncode, lines, done.stderr)
        except Exception as error:  # it belongs to the run's findings, and this is a thread of its own
            told = Told(word, account, began, trial.journal.now, None, [], str(error))
        self.told.append(told)

    def end(self, trial):
        """Waits for all. What became of each is in the journal; syncs that it promised are accepted."""
        self.pool.shutdown(wait=True)
        for told in self.told:
            trial.journal.write("told", **told._asdict())
            if told.word != "cancel":
                trial.accepted.update({line["sync"]: told.account for line in told.lines if line.get("sync")})

    def unexpected(self, codes):
        for told in self.told:
            if told.code not in codes[told.word]:
                yield f"C9 `syncline {told.word} {told.account}` ended with {told.code}: {told.error}"


class Control(Scenario):
    """What both have: commands, and workers that die meanwhile."""

    codes = {}

    def __init__(self):
        super().__init__()
        self.commands = Commands()

    def give(self, trial, seconds, word, account, *options):
        trial.at(seconds, word, lambda: self.commands.give(trial, word, account, *options))

    def kill_some(self, trial):
        draw = trial.random
        for kind in draw.sample(("fetcher", "parser", "writer"), draw.choice((0, 1, 2))):
            worker = trial.pipeline.workers[f"{kind}-1"]
            trial.at(draw.uniform(0.5, 4.5), "kill", lambda worker=worker: self.kill(trial, worker))

    @staticmethod
    def kill(trial, worker):
        worker.kill()
        trial.journal.fault("kill", name=worker.name)
        worker.start()

    def heal(self, trial):
        self.commands.end(trial)

    def check(self, trial, topics):
        yield from self.commands.unexpected(self.codes)


class JobControl(Control):
    """A cancelled sync ends soon, stays cancelled and removes nothing; of a paused account nothing is asked."""

    number, title = 23, "cancelled, paused and asked for again at any moment"
    ends = ("complete", "joined", "cancelled")
    codes = {"cancel": (0, 1), "pause": (0,), "resume": (0,), "retry": (0, 1, 4), "sync": (0,)}
    CANCEL_S = 10.0  # a cancelled sync has ended by then, also when its fetcher has just died
    PAUSE_S = 5.0    # a request that was on its way may take that long
    gap_s = 35.0     # all may be paused

    def __init__(self):
        super().__init__()
        self.paused, self.findings = {}, []

    def plan(self, trial):
        draw = trial.random
        names = [name for _, name in trial.accounts()]
        for _ in range(draw.randrange(5, 13)):
            self.give(trial, draw.uniform(0.3, 4.8), draw.choice(("cancel", "cancel", "retry", "sync")), draw.choice(names))
        for server, name in draw.sample(trial.accounts(), draw.choice((1, 2))):
            begins = draw.uniform(0.3, 3)
            ends = begins + draw.choice((0.1, 1, 9, 12))
            self.give(trial, begins, "pause", name)
            if server.flavour.provider == "opensubsonic":  # whose requests name their user
                trial.at(begins + self.PAUSE_S + 1, "look", lambda server=server, name=name: self.look(trial, server, name))
                trial.at(ends - 0.05, "look", lambda server=server, name=name: self.look_again(server, name))
            self.give(trial, ends, "resume", name)
        self.kill_some(trial)

    def look(self, trial, server, name):
        """How many requests there were when its pause had reached everybody: the command may have been slow."""
        given = [told for told in list(self.commands.told) if told.account == name and told.word in ("pause", "resume")]
        if [told.word for told in given] == ["pause"] and trial.journal.now - given[0].ended >= self.PAUSE_S:
            self.paused[name] = self.requests(server, name)

    def look_again(self, server, name):
        if name in self.paused and self.requests(server, name) > self.paused[name]:
            self.findings.append(f"C7 {name} was paused, and {self.requests(server, name) - self.paused[name]} requests were sent")

    @staticmethod
    def requests(server, name):
        return len(server.simulator.log(containing=f"u={server.accounts[name]}&"))

    def heal(self, trial):
        for _, name in trial.accounts():
            self.commands.give(trial, "resume", name)
        super().heal(trial)

    def check(self, trial, topics):
        yield from super().check(trial, topics)
        yield from self.findings
        yield from self.cancelled_stays(trial)
        for row in trial.pipeline.sql("SELECT s.sync_id, s.category, count(*) FROM library_change c JOIN sync_category s USING (sync_id) "
                                      "WHERE s.state = 'cancelled' AND c.change = 'removed' AND s.category = c.kind || 's' GROUP BY 1, 2"):
            yield f"C4 a cancelled category removed items: {row}"

    def cancelled_stays(self, trial):
        states = dict(trial.pipeline.sql("SELECT sync_id, state FROM sync"))
        for told in self.commands.told:
            for sync in [line["sync"] for line in told.lines if told.word == "cancel" and told.code == 0]:
                if states.get(sync) not in ("cancelled", "joined"):
                    yield f"C9 {sync} of {told.account} was told to be cancelled, and is {states.get(sync)}"
                late = next((look for look in trial.observer.looks if look.at > told.ended + self.CANCEL_S), None)
                if late and late.syncs.get(sync) not in ("cancelled", "joined"):
                    yield f"C9 {sync} was cancelled at {told.ended:.1f} s, and is {late.syncs.get(sync)} at {late.at:.1f} s"


class ParsedAgain(Control):
    """A replay is no witness: it removes nothing, proves nothing, and done twice it is done once."""

    number, title = 24, "rejects and stored pages parsed again, twice, meanwhile and after"
    ends = ("complete", "joined", "partial", "failed")  # what was never read to its end, or is not JSON
    codes = {"replay": (0,), "rejects replay": (0,)}
    settle_s = 90.0
    BAD = (("malformed", {"items": 3}), ("utf8", {}), ("nul", {}), ("deep", {"depth": 500}))

    def plan(self, trial):
        draw = trial.random
        names = [name for _, name in trial.accounts()]
        for server in trial.servers:
            kind, words = draw.choice(self.BAD)
            words = {**words, "count": draw.randrange(1, 8)}
            trial.at(draw.uniform(0, 2), "odd", lambda server=server, kind=kind, words=words: self.odd(trial, server, kind, words))
        for _ in range(draw.randrange(2, 5)):
            word, name, begins = draw.choice(("replay", "rejects replay")), draw.choice(names), draw.uniform(0.8, 4.5)
            self.give(trial, begins, word, name)
            self.give(trial, begins + draw.choice((0, 0.5, 3)), word, name)
        self.kill_some(trial)

    @staticmethod
    def odd(trial, server, kind, words):
        server.strike(kind, **words)
        trial.journal.fault(f"items: {kind}", server=server.flavour.name)

    def settled(self, trial):
        """Both, twice each, at rest: the first may bring what is missing, the second changes nothing."""
        for _, name in trial.accounts():
            removed = self.removed(trial, name)
            for word in ("rejects replay", "replay"):
                once, again = (self.at_rest(trial, word, name) for _ in range(2))
                if once != again:
                    yield f"C2 a second `{word}` of {name} changed rows or rejects: {once}, {again}"
            if removed != self.removed(trial, name):
                yield f"C4 replays of {name} removed items or brought some back"

    TABLES = ("artist", "album", "track", "playlist")

    def removed(self, trial, name):
        """The ids of all that is marked as removed."""
        number = trial.pipeline.account_id(name)
        return [trial.pipeline.sql(f"SELECT id FROM {table} WHERE account_id = {number} AND removed_at IS NOT NULL ORDER BY id")
                for table in self.TABLES]

    def at_rest(self, trial, word, name):
        """What stands in the library then: digests of its tables, and its open rejects."""
        sync = json.loads(trial.pipeline.cli(*word.split(), name, "--json").stdout)["sync"]
        trial.accepted[sync] = name
        trial.journal.write("accepted", sync=sync, account=name, mode=word)
        trial.wait(lambda: not trial.unfinished(), f"{word} of {name} ends", SETTLE_S)
        number = trial.pipeline.account_id(name)
        rows = [trial.pipeline.value(f"SELECT count(*) || ' ' || coalesce(sum(content_hash::numeric), 0) FROM {table} WHERE account_id = {number}")
                for table in (*self.TABLES, "playlist_entry")]
        return rows, trial.pipeline.cli("rejects", "list", name, "--limit", "1000", "--json").stdout.count("\n")


class Replaced(Control):
    """What has that name next has the library of its own server, and of no other."""

    number, title = 27, "accounts removed and added again under their name, at another server"
    flavours = ("navidrome", "supysonic", "gonic", "legacy")
    loses_commits = True  # an account takes all that was stored of it along

    def plan(self, trial):
        draw = trial.random
        for _, name in draw.sample(trial.accounts(), draw.choice((1, 2, 3))):
            told = draw.random() < 0.7  # else Redis was away when it was removed: its fetcher reads on
            for _ in range(draw.choice((1, 1, 2))):
                trial.at(draw.uniform(0.3, 4.8), "replace", lambda name=name, told=told: self.replace(trial, name, told))
        self.kill_some(trial)

    def replace(self, trial, name, told):
        before = next(server for server in trial.servers if name in server.accounts)
        after = next(server for server in trial.servers if server is not before)
        trial.journal.fault("account replaced" if told else "account replaced, its fetcher is not told", account=name)
        if told:
            trial.pipeline.cli("account", "remove", name, "--yes")
        else:
            trial.pipeline.sql(f"DELETE FROM account WHERE name = '{name}'")
        for sync in [sync for sync, account in trial.accepted.items() if account == name]:
            del trial.accepted[sync]
        self.replaced.add(name)
        user = after.accounts[name] = before.accounts.pop(name)
        after.flavour.add_account(trial.pipeline, after, name, user)
        trial.enqueue(name)

    def settled(self, trial):
        """Before any sync that would mend it: nothing of the other server's is here."""
        for server, name in trial.accounts():
            user = server.accounts[name]
            for category in flavours.CATEGORIES:
                here = {item for item, _ in flavours.rows(trial.pipeline, name, category)}
                mine = set(server.simulator.truth(category, user=user))
                for other in trial.servers:
                    if foreign := here & (set(other.simulator.truth(category, user=user)) - mine if other is not server else set()):
                        yield f"C1 {len(foreign)} {category} of {other.flavour.name} are in {name} of {server.flavour.name}"


ALL = (JobControl, ParsedAgain, Replaced)
