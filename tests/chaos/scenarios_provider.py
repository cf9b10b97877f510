"""Scenarios 14 to 16: a server that wants pauses, answers wrongly, or takes tokens back."""
import email.utils
import json
import subprocess
import time

import stack
from scenario import Scenario
from trial import SETTINGS

LATE_MS = 400    # requests that were on their way when a pause was asked for
SOON_MS = 150    # clocks of two processes


class Throttled(Scenario):
    """429 in all its forms. Whose pause it is, all of its accounts keep, in all workers."""

    number, title = 14, "429: seconds, a date, nothing, absurd ones, at the token, for one user"
    VARIANTS = ("seconds", "date", "absent", "absurd", "token", "one user", "limit", "budget")
    BUDGET, SOONER_MS = 20, 150  # requests a second, of which an answer may be under way for so long
    accounts = 3
    felt = "pause|throttled|parked|asks for"

    def settings(self, trial):
        self.variant = self.VARIANTS[trial.seed % len(self.VARIANTS)]
        if self.variant == "token":
            self.flavours = ("spotify", "spotify-2026")
        if self.variant == "limit":
            self.slow_ms = 0
        if self.variant == "budget":  # ours, which all fetchers share: no 429 at all
            self.slow_ms, self.felt = 0, None
            self.flavours = ("spotify", "spotify-2026", "applemusic")
            return {"rates": f"spotify={self.BUDGET}/1s,applemusic={self.BUDGET}/1s"}
        return {}

    def workers(self, trial):
        return {"fetcher": 6 if self.variant == "budget" else 3, "parser": 1, "writer": 1}

    def server_options(self, trial):
        return {"token_life": 62} if self.variant == "token" else {}

    def plan(self, trial):
        for server in trial.servers:
            if self.variant == "budget":
                trial.journal.fault("budget", server=server.flavour.name)
                continue
            if self.variant == "limit":
                trial.at(0, "limit", lambda server=server: self.limit(trial, server))
                continue
            for _ in range(trial.random.randrange(1, 4)):
                trial.at(trial.random.uniform(0.2, 4), "429", lambda server=server: self.refuse(trial, server))

    @staticmethod
    def limit(trial, server):
        server.limit(trial.random.randrange(10, 25), 1000)
        trial.journal.fault("limit", server=server.flavour.name)

    def refuse(self, trial, server):
        draw = trial.random
        words = {"status": 429, "count": draw.choice((1, 1, 2))}
        if self.variant in ("seconds", "one user", "token"):
            words["retry_after"] = str(draw.randrange(1, 4))
        if self.variant == "date":
            words["retry_after"] = email.utils.formatdate(time.time() + draw.randrange(2, 4), usegmt=True)
        if self.variant == "absurd":
            words["retry_after"] = draw.choice(("-5", "0", "", "soon", "99999999999999999999x", email.utils.formatdate(0, usegmt=True)))
        if self.variant == "one user":
            words["contains"] = "u=" + draw.choice(sorted(server.accounts.values()))
        if self.variant == "token":
            words["endpoint"] = "token"
        server.strike("status", **words)
        trial.journal.fault(f"429: {self.variant}", server=server.flavour.name, **words)

    def heal(self, trial):
        for server in trial.servers:
            server.simulator._call("limit", "POST", requests=0, window_ms=1000)

    def within_budget(self, trial):
        """C7 by the server's own log: no second with more requests than permitted."""
        for server in trial.servers:
            if server.flavour.provider not in ("spotify", "applemusic"):  # another fault's choice at the same time: it has none
                continue
            times = [request.time_ms for request in server.log() if request.method != "token"]
            for first, last in zip(times, times[self.BUDGET:]):
                if last - first < 1000 - self.SOONER_MS:
                    yield f"C7 {server.flavour.name}: {self.BUDGET + 1} requests within {last - first} ms"
                    break

    def check(self, trial, topics):
        """C7 by the server's own log: after a 429 with so many seconds nobody asks until they are over."""
        if self.variant == "budget":
            yield from self.within_budget(trial)
        if self.variant not in ("seconds", "one user"):
            return
        told = {(event["server"]): [] for event in self.faults(trial)}
        for event in self.faults(trial):
            told[event["server"]].append(int(event["retry_after"]))
        for server in trial.servers:
            shortest = min(told.get(server.flavour.name, [0]))
            log = server.log()
            struck = [request for request in log if request.status == 429]
            for request in struck:
                early = [other for other in log if other.status != 429 and
                         request.time_ms + LATE_MS < other.time_ms < request.time_ms + shortest * 1000 - SOON_MS]
                if early:
                    yield (f"C7 {server.flavour.name}: {len(early)} requests within {shortest} s of a 429, the first "
                           f"{early[0].time_ms - request.time_ms} ms after it")

    @staticmethod
    def faults(trial):
        with open(trial.folder / "journal.jsonl", encoding="utf-8") as journal:
            events = [json.loads(line) for line in journal]
        return [event for event in events if event["event"] == "fault" and "retry_after" in event]


class Wrong(Scenario):
    """Every way to answer wrongly, now and then or in three of ten answers."""

    number, title = 15, "wrong answers: errors, cut, stalled, garbled, untrue, huge"
    ends = ("complete", "joined", "partial", "failed")
    edits = 0
    felt = "request failed|category failed|rejected|pause"
    KINDS = (("status", {"status": 500, "body": "html"}), ("status", {"status": 502}), ("status", {"status": 503, "retry_after": "1"}),
             ("status", {"status": 200, "body": "html"}), ("status", {"status": 404}), ("failed", {}), ("close", {}), ("truncate", {}),
             ("reset", {}), ("stall", {"ms": 7000}), ("garbage-gzip", {}), ("cut-gzip", {}), ("redirect", {"to": "http://127.0.0.1:1/"}),
             ("empty", {}), ("short", {"items": 3}), ("repeat", {"items": 4}), ("malformed", {"items": 3}), ("utf8", {}), ("nul", {}),
             ("large", {"mb": 50}), ("deep", {"depth": 10000}))
    LIES = ("malformed", "utf8", "nul")  # their items are rejects: here but not there
    UNTOLD = ("artists", "playlists")  # of an OpenSubsonic list in one answer nobody can know that it was short
    UNTOLD_BY_ALBUMS = (*UNTOLD, "tracks")  # and an album that twice shows fewer than it counts is believed

    def settings(self, trial):
        self.kind, self.words = self.KINDS[trial.seed % len(self.KINDS)]
        return {"request_timeout_ms": 3000}

    def plan(self, trial):
        often = trial.seed // len(self.KINDS) % 2 == 1
        for server in trial.servers:
            if often:
                server.slow_ms = 0
                words = {**self.words, "probability": 0.3, "seed": trial.seed, "count": 0}
                trial.at(0, "fault", lambda server=server, words=words: self.fault(trial, server, words))
                continue
            for _ in range(trial.random.randrange(2, 6)):
                words = {**self.words, "nth": trial.random.randrange(1, 30)}
                trial.at(trial.random.uniform(0, 3), "fault", lambda server=server, words=words: self.fault(trial, server, words))

    def fault(self, trial, server, words):
        server.strike(self.kind, **words)
        trial.journal.fault(self.kind, server=server.flavour.name, **words)

    def settled(self, trial):
        """Whatever was said to be complete is: nothing was changed here."""
        if self.kind in self.LIES:
            return
        for server, name in trial.accounts():
            complete = [row[0] for row in trial.pipeline.sql(
                "SELECT category FROM library WHERE complete_sync IS NOT NULL "
                f"AND account_id = {trial.pipeline.account_id(name)}")]
            if self.kind == "short" and server.flavour.provider == "opensubsonic":
                untold = self.UNTOLD_BY_ALBUMS if server.flavour.name == "legacy" else self.UNTOLD
                complete = [category for category in complete if category not in untold]
            unread = {row[0] for row in trial.pipeline.sql(  # the report says which could not be read, and why
                f"SELECT id FROM playlist WHERE entries_refused <> '' AND account_id = {trial.pipeline.account_id(name)}")}
            for text in server.flavour.differences(trial.pipeline, name, server, server.accounts[name], complete, unread):
                yield f"C1 complete before the faults ended, but: {text}"


class Tokens(Scenario):
    """Access tokens that end, are taken back, refreshed by several at once; a worker that dies with the new one."""

    number, title = 16, "tokens: expiry, refresh, rotation raced, revoked, a crash with the new one in hand"
    flavours = ("spotify", "spotify-2026")
    VARIANTS = ("expiry", "access revoked", "raced", "stored, then killed", "spare, then killed", "refresh revoked")
    ends = ("complete", "joined", "partial", "failed")
    felt = "token refreshed|sign in again"
    gap_s = 30.0
    TOKEN_MS, TRIES = 1500, 150  # an answer with a token takes so long; looks for a moment at which one is asked for
    interrupted = False  # workers die or sleep with a new token in hand that nobody else can know

    def settings(self, trial):
        self.variant = self.VARIANTS[trial.seed % len(self.VARIANTS)]
        if self.variant == "refresh revoked":
            self.ends = (*self.ends, "needs_auth")
        self.points = {"stored, then killed": "fetcher: a token is stored, its spare not dropped",
                       "spare, then killed": "fetcher: a token is a spare in Redis only"}.get(self.variant)
        self.armed_once = False
        if self.points:
            self.may_sign_out = True
            self.ends = (*self.ends, "needs_auth")
        self.commands = []  # (account, process)
        if self.variant != "raced":
            return {"request_timeout_ms": 3000}
        self.exit_codes = (1,)  # as who sleeps elsewhere
        return {"request_timeout_ms": 10000}  # longer than anybody sleeps: whoever wakes takes the answer that is there

    def server_options(self, trial):
        # Renewed a minute before they end: so these are renewed every few seconds.
        return {"token_life": 63} if self.variant != "refresh revoked" else {"token_life": 3600}

    def armed(self, trial, kind):
        if kind != "fetcher" or not self.points or self.armed_once:
            return None
        self.armed_once = True
        return f"{self.points}:{trial.random.randrange(1, 4)}"

    def workers(self, trial):
        return {"fetcher": 3, "parser": 1, "writer": 1}

    def plan(self, trial):
        if self.variant == "access revoked":
            for server, name in trial.accounts():
                for _ in range(2):
                    trial.at(trial.random.uniform(0.5, 4), "revoke", lambda server=server, name=name: self.revoke(trial, server, name, "access"))
        if self.variant == "refresh revoked":
            server, name = trial.random.choice(trial.accounts())
            self.lost.add(name)
            trial.at(trial.random.uniform(0.5, 2), "revoke", lambda: self.revoke(trial, server, name, "all"))
        if self.variant in ("expiry", "raced") or self.points:
            trial.at(0, "short lives", lambda: trial.journal.fault("token lives seconds"))
        if self.variant == "raced":
            self.plan_races(trial)

    def plan_races(self, trial):
        """Tokens are slow to come; a fetcher that asks for one sleeps beyond its lease, and another one has its account by the next
        sync; commands ask for the same account meanwhile."""
        draw = trial.random
        trial.at(0, "slow tokens", lambda: self.slow_tokens(trial))
        for _, name in trial.accounts():
            for _ in range(2):
                trial.at(draw.uniform(0.2, 5), "command", lambda name=name: self.command(trial, name))
        for _, name in draw.sample(trial.accounts(), 2):
            trial.at(draw.uniform(0.2, 1.5), "nap", lambda name=name, s=draw.uniform(3.0, 5.0): self.nap(trial, name, s, self.TRIES))

    def slow_tokens(self, trial):
        self.began = trial.journal.now
        for server in trial.servers:
            server.strike("stall", endpoint="token", ms=self.TOKEN_MS, count=0)

    def command(self, trial, name):
        words = [stack.BIN / "syncline", "--config", trial.pipeline.settings, "account", "test", name]
        self.commands.append((name, subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)))
        trial.journal.fault("a command asks", account=name)

    def nap(self, trial, name, seconds, tries):
        """Whoever has the account's lease, as soon as somebody asks for a token of it."""
        prefix, database = trial.pipeline.prefix, trial.pipeline.redis_database
        owner = trial.pipeline.workers.get(stack.redis(database, "HGET", f"{prefix}lease:{name}", "owner").strip())
        if not owner or stack.redis(database, "EXISTS", f"{prefix}token_lock:{name}").strip() != "1":
            if tries:
                trial.at(0, "nap", lambda: self.nap(trial, name, seconds, tries - 1))
            return
        owner.stop()
        trial.journal.fault("sleeps while a token is asked for", name=owner.name, account=name)
        now, wakes = trial.journal.now - self.began, SETTINGS["lease_ms"] / 1000 + 0.3
        for _ in range(2):  # by any partition, for that of the account is the sleeper's
            trial.at(now + wakes, "sync elsewhere", lambda: trial.enqueue(name, anywhere=True))
        trial.at(now + seconds, "continue", owner.go_on)

    def settled(self, trial):
        for name, command in self.commands:
            said, _ = command.communicate(timeout=30)
            trial.journal.write("command ended", account=name, code=command.returncode, said=said[-200:])
            if command.returncode and trial.scenario is self:  # else what it needs may have been away
                yield f"C9 `syncline account test {name}` ended with {command.returncode}: {said[-200:]}"

    @staticmethod
    def revoke(trial, server, name, what):
        server.revoke(server.accounts[name], what)
        trial.journal.fault(f"{what} revoked", account=name)

    def check(self, trial, topics):
        for server in trial.servers:
            stats = server.stats()
            trial.journal.write("tokens", server=server.flavour.name, **{word: stats[word] for word in ("refreshes", "reused", "asked_at_once")})
            if stats["asked_at_once"] > 1 and trial.scenario is self:  # else the lock may be gone with Redis
                yield f"C7 {server.flavour.name}: {stats['asked_at_once']} requests for a token of one user at once"
            if stats.get("reused") and self.variant != "refresh revoked" and not self.interrupted:
                yield f"C7 {server.flavour.name}: {stats['reused']} refresh tokens were used a second time"


ALL = (Throttled, Wrong, Tokens)
