"""Scenario 17: the library changes while it is read, and what is said of it afterwards was true at one moment."""
import collections
import random
import time
import urllib.parse
import uuid

import flavours
import library
from scenario import Scenario

State = collections.namedtuple("State", "asked done accounts")  # accounts: {name: {category: ids, "entries": {playlist: rows}}}


class Edited(Scenario):
    """Every flavour's library changes while it is read, also without a sign, and complete means: as it was at one moment."""

    number, title = 17, "the library changes while it is read"
    servers = 1
    edits = 0
    syncs = 2
    slow_ms = 40
    ENTRIES = ("getPlaylist", "playlist_items", "playlist_tracks", "playlist")
    WHOLE = {"opensubsonic": ("artists", "playlists")}  # lists that come in one answer, which proves removals

    def settings(self, trial):
        self.flavours = (("navidrome", "supysonic", "gonic", "legacy", "spotify", "spotify-2026", "applemusic", "jellyfin")[trial.seed % 8],)
        self.states = []
        self.shuffles = []  # (asked, done, silent): what leaves a list as long as it was
        self.judged = collections.Counter()
        return {"page_size": trial.random.choice((10, 25, 50))}

    def plan(self, trial):
        trial.at(0, "state", lambda: self.remember(trial, time.time()))
        for _ in range(trial.random.randrange(3, 12)):
            trial.at(trial.random.uniform(0.1, 5), "edit", lambda: self.edit(trial))
        draw = random.Random(f"playlists {trial.seed}")  # its own, so that what seeds have found stays what they do
        for _ in range(draw.randrange(2, 7)):
            op = draw.choice(("playlist-add", "playlist-remove", "playlist-shuffle", "playlist-create", "playlist-delete"))
            words = {"playlist": draw.randrange(0, 6), "entries": draw.randrange(1, 30), "position": draw.randrange(0, 20),
                     "seed": draw.randrange(1000), "silent": draw.randrange(0, 2)}
            trial.at(draw.uniform(0.1, 5), "edit", lambda op=op, words=words: self.apply(trial, op, words))
        for _, name in trial.accounts():  # behind the others: what they have stored, and what is gone since, it must miss
            trial.at(draw.uniform(3.2, 4.8), "sync", lambda name=name: trial.enqueue(name, draw=draw))

    def remember(self, trial, asked):
        [server] = trial.servers
        done = time.time()
        self.states.append(State(asked, done, {name: self.shown(server, user) for name, user in server.accounts.items()}))

    @staticmethod
    def shown(server, user):
        entries = collections.defaultdict(list)
        for row in library.entries(server, server.flavour.provider, user):
            entries[row[0]].append(row)
        return {**{category: {row[0] for row in library.items(server, category, user, ())} for category in library.KINDS},
                "entries": {playlist: sorted(rows) for playlist, rows in entries.items()}}

    def edit(self, trial):
        draw = trial.random
        op = draw.choice(("insert", "insert", "remove", "remove", "reorder", "retag", "playlist-shuffle", "playlist-add"))
        words = {"tracks": draw.randrange(1, 8), "index": draw.choice((0, 0, draw.randrange(0, 120))), "seed": draw.randrange(1000),
                 "playlist": draw.randrange(0, 4), "entries": draw.randrange(1, 6), "silent": draw.randrange(0, 2)}
        if not op.startswith("playlist"):
            words = {key: value for key, value in words.items() if key not in ("playlist", "entries")}
        self.apply(trial, op, words)

    def apply(self, trial, op, words):
        [server] = trial.servers
        asked = time.time()
        server.edit(op, **words)
        trial.journal.fault(f"edit: {op}", **words)
        self.remember(trial, asked)
        if op == "playlist-shuffle":
            self.shuffles.append((asked, self.states[-1].done, words["silent"]))

    def seen(self, name, begin, end):
        """What an account's library was at some moment between the two: each state lasts until the next edit is done."""
        until = [state.done for state in self.states[1:]] + [float("inf")]
        return [state.accounts[name] for state, over in zip(self.states, until) if state.asked <= end and over >= begin]

    def settled(self, trial):
        [server] = trial.servers
        for name in server.accounts:
            refused = flavours.rejected(trial.pipeline, name)
            for category in library.KINDS:
                yield from self.missing(trial, name, category, refused)
            yield from self.surplus(trial, name)
            yield from self.entries(trial, name)
        trial.journal.write("judged", **self.judged)

    def missing(self, trial, name, category, refused):
        """The newest complete walk of a category that did not move holds all of one state that it can have seen."""
        row = trial.pipeline.sql(
            "SELECT extract(epoch FROM c.ended_at), c.moved, c.unchanged, c.sync_id "
            "FROM sync_category c JOIN sync s USING (sync_id) "
            f"WHERE s.account_id = {trial.pipeline.account_id(name)} AND c.category = '{category}' AND c.state = 'complete' "
            "ORDER BY c.ended_at DESC LIMIT 1")
        if not row or row[0][1] == "t" or row[0][2] == "t":
            return
        here = {item[0] for item in flavours.rows(trial.pipeline, name, category)}
        seen = [state[category] - refused for state in self.seen(name, asked_at(row[0][3]), float(row[0][0]))]
        self.judged["complete"] += 1
        if not any(state <= here for state in seen):
            missing = min((state - here for state in seen), key=len) if seen else "no state"
            yield (f"C1 {category} of {name} are complete and did not move, by {row[0][3]}, but hold none of {len(seen)} states: "
                   f"{len(missing)} are missing: {sorted(missing)[:3]}")

    def surplus(self, trial, name):
        """What stands here was there at some moment since the walk began that proves its removal, or is held: the last complete one,
        where one does, else that of the sync before."""
        [server] = trial.servers
        for category, fence, *proofs in trial.pipeline.sql(
                "SELECT l.category, coalesce(l.fence, ''), l.complete_sync, coalesce(l.previous_sync::text, '') FROM library l "
                "JOIN sync_category c ON c.sync_id = l.complete_sync AND c.category = l.category "
                f"WHERE l.account_id = {trial.pipeline.account_id(name)} AND NOT c.moved AND c.received > 0 AND c.unlisted = 0 "
                "AND c.held = 0"):
            alone = fence.startswith("!") or category in self.WHOLE.get(server.flavour.provider, ())
            proof = proofs[0] if alone else proofs[1]
            if not proof:
                continue
            there = set().union(*(state[category] for state in self.seen(name, asked_at(proof), float("inf"))))
            here = {item[0] for item in flavours.rows(trial.pipeline, name, category)}
            self.judged["removals by one walk" if alone else "removals by two"] += 1
            if here - there:
                yield (f"C1 {category} of {name}: {len(here - there)} are here that were nowhere since {proof} began, which proves "
                       f"removals: {sorted(here - there)[:3]}")

    def entries(self, trial, name):
        """Each playlist is, entry for entry, what it was at one moment of its last reading, by the server's own log."""
        [server] = trial.servers
        account, readings = trial.pipeline.account_id(name), self.readings(server, server.accounts[name])
        if not self.was_taken_whole(trial, account):
            return
        columns, source = library.stored_entries(server.flavour.provider, account)
        stored = collections.defaultdict(list)
        for row in trial.pipeline.sql(f"SELECT {', '.join(columns)} FROM {source}"):
            stored[row[0]].append(row)
        for playlist, version in trial.pipeline.sql("SELECT id, coalesce(version, '') FROM playlist WHERE removed_at IS NULL "
                                                    f"AND entries_refused IS NULL AND account_id = {account}"):
            if playlist not in readings:
                continue
            begin, end, pages = self.window(trial, account, readings[playlist])
            if pages > 1 and self.mixed(trial, account, begin, end, version):
                continue
            seen = [state["entries"].get(playlist, []) for state in self.seen(name, begin, end)]
            self.judged["playlists"] += 1
            if sorted(stored[playlist]) not in seen:
                what = flavours.difference(sorted(stored[playlist]), seen[-1] if seen else [], f"entries of {playlist} of {name}")
                yield (f"C1 {what or 'another order'}; read in {pages} pages from {begin:.3f} to {end:.3f}, and in none of "
                       f"{len(seen)} states of that time")

    @staticmethod
    def was_taken_whole(trial, account):
        """Another fault at the same time may have cut the last reading short, or have had rows refused."""
        return trial.pipeline.value(
            "SELECT c.state = 'complete' AND NOT EXISTS (SELECT FROM sync_reject r WHERE r.account_id = s.account_id "
            "AND r.category = 'playlists' AND r.reason = 'database_refused') FROM sync_category c JOIN sync s USING (sync_id) "
            f"WHERE s.account_id = {account} AND c.category = 'playlists' ORDER BY c.ended_at DESC LIMIT 1") == "t"

    def readings(self, server, user):
        """{playlist: [requests]}, each reading from its first page on."""
        found = collections.defaultdict(list)
        for request in server.log():
            words = dict(urllib.parse.parse_qsl(request.query, keep_blank_values=True))
            if request.method not in self.ENTRIES or request.status != 200 or words.get("u", words.get("userId")) != user:
                continue
            if int(words.get("offset", words.get("startIndex", 0))) == 0 or not found[words["id"]]:
                found[words["id"]].append([])
            found[words["id"]][-1].append(request)
        return found

    @staticmethod
    def window(trial, account, readings):
        """When the last one was, and its pages; of all, where two fetchers worked on a sync: what one of them read may be dropped."""
        shared = trial.pipeline.sql("SELECT p.sync_id FROM sync_page p JOIN sync s USING (sync_id) "
                                    f"WHERE s.account_id = {account} GROUP BY 1 HAVING count(DISTINCT p.epoch) > 1")
        chosen = [request for reading in (readings if shared else readings[-1:]) for request in reading]
        return chosen[0].time_ms / 1000, (chosen[-1].time_ms + 1) / 1000, len(chosen)

    def mixed(self, trial, account, begin, end, version):
        """Several pages of a playlist whose order changed in between: nobody can see that but by its version, and then the walk
        says that it moved."""
        within = [silent or not version for asked, done, silent in self.shuffles if asked <= end and done >= begin]
        return any(within) or (within and trial.pipeline.value(
            f"SELECT c.moved FROM library l JOIN sync_category c ON c.sync_id = l.complete_sync AND c.category = l.category "
            f"WHERE l.account_id = {account} AND l.category = 'playlists'") == "t")


def asked_at(sync):
    """When a sync was asked for, and read no sooner: its id tells. When the writer first heard of it is later than that."""
    return (uuid.UUID(sync).int >> 80) / 1000


ALL = (Edited,)
