"""Scenarios 14 to 17: a server that wants pauses, answers wrongly, takes tokens back, or whose library changes while it is read."""
import email.utils
import json
import time
import uuid

import flavours
import library
from scenario import Scenario

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
            unread = trial.pipeline.value("SELECT count(*) FROM playlist WHERE entries_refused LIKE '%answer%' "
                                          f"AND account_id = {trial.pipeline.account_id(name)}")
            for text in server.flavour.differences(trial.pipeline, name, server, server.accounts[name], complete):
                if not text.startswith("entries of") or unread == "0":  # else the report says which could not be read
                    yield f"C1 complete before the faults ended, but: {text}"


class Tokens(Scenario):
    """Access tokens that end, are taken back, refreshed by several at once; a worker that dies with the new one."""

    number, title = 16, "tokens: expiry, refresh, rotation raced, revoked, a crash with the new one in hand"
    flavours = ("spotify", "spotify-2026")
    VARIANTS = ("expiry", "access revoked", "raced", "stored, then killed", "spare, then killed", "refresh revoked")
    ends = ("complete", "joined", "partial", "failed")
    felt = "token refreshed|sign in again"
    gap_s = 30.0
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
        return {"request_timeout_ms": 3000}

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

    @staticmethod
    def revoke(trial, server, name, what):
        server.revoke(server.accounts[name], what)
        trial.journal.fault(f"{what} revoked", account=name)

    def check(self, trial, topics):
        for server in trial.servers:
            stats = server.stats()
            if stats.get("reused") and self.variant != "refresh revoked" and not self.interrupted:
                yield f"C7 {server.flavour.name}: {stats['reused']} refresh tokens were used a second time"


class Edited(Scenario):
    """Every flavour's library changes while it is read, also without a sign, and complete means: as it was at one moment."""

    number, title = 17, "the library changes while it is read"
    servers = 1
    edits = 0
    syncs = 2
    slow_ms = 40

    def settings(self, trial):
        self.flavours = (("navidrome", "supysonic", "gonic", "legacy", "spotify", "spotify-2026", "applemusic", "jellyfin")[trial.seed % 8],)
        self.states = []  # (when, {account: {category: ids}})
        return {"page_size": trial.random.choice((10, 25, 50))}

    def plan(self, trial):
        trial.at(0, "state", lambda: self.remember(trial))
        for _ in range(trial.random.randrange(3, 12)):
            trial.at(trial.random.uniform(0.1, 5), "edit", lambda: self.edit(trial))

    def remember(self, trial):
        [server] = trial.servers
        self.states.append((time.time(), {name: {category: {row[0] for row in library.items(server, category, user, ())}
                                                 for category in ("artists", "albums", "tracks")}
                                          for name, user in server.accounts.items()}))

    def edit(self, trial):
        [server] = trial.servers
        draw = trial.random
        op = draw.choice(("insert", "insert", "remove", "remove", "reorder", "retag", "playlist-shuffle", "playlist-add"))
        words = {"tracks": draw.randrange(1, 8), "index": draw.choice((0, 0, draw.randrange(0, 120))), "seed": draw.randrange(1000),
                 "playlist": draw.randrange(0, 4), "entries": draw.randrange(1, 6), "silent": draw.randrange(0, 2)}
        if not op.startswith("playlist"):
            words = {key: value for key, value in words.items() if key not in ("playlist", "entries")}
        server.edit(op, **words)
        trial.journal.fault(f"edit: {op}", **words)
        self.remember(trial)

    def settled(self, trial):
        """The newest complete walk of each category that did not move holds all of one state that it can have seen."""
        [server] = trial.servers
        for name in server.accounts:
            refused = flavours.rejected(trial.pipeline, name)
            for category in ("artists", "albums", "tracks"):
                yield from self.judge(trial, name, category, refused)

    def judge(self, trial, name, category, refused):
        row = trial.pipeline.sql(
            "SELECT extract(epoch FROM c.ended_at), c.moved, c.unchanged, c.sync_id "
            "FROM sync_category c JOIN sync s USING (sync_id) "
            f"WHERE s.account_id = {trial.pipeline.account_id(name)} AND c.category = '{category}' AND c.state = 'complete' "
            "ORDER BY c.ended_at DESC LIMIT 1")
        if not row or row[0][1] == "t" or row[0][2] == "t":
            return
        # Asked for then, and read no sooner: its id tells. When the writer first heard of it is later than that.
        begin, end = (uuid.UUID(row[0][3]).int >> 80) / 1000, float(row[0][0])
        here = {item[0] for item in flavours.rows(trial.pipeline, name, category)}
        # A state lasts from its edit to the next one.
        until = [when for when, _ in self.states[1:]] + [float("inf")]
        seen = [state[name][category] - refused for (when, state), over in zip(self.states, until) if when <= end and over >= begin]
        if not any(state <= here for state in seen):
            missing = min((state - here for state in seen), key=len) if seen else "no state"
            yield (f"C1 {category} of {name} are complete and did not move, by {row[0][3]}, but hold none of {len(seen)} states: "
                   f"{len(missing)} are missing: {sorted(missing)[:3]}")


ALL = (Throttled, Wrong, Tokens, Edited)
