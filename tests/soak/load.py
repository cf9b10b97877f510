"""What a soaked installation has to do: accounts at servers of every kind that are synced again as soon as a sync has ended,
servers that fail now and then and change, workers that are killed, services that are restarted."""
import itertools
import random
import time

import flavours
import stack
from simulator import Simulator

USERS = 2  # accounts of each server
SIZES = {"tracks": 1500, "albums": 120, "artists": 60, "playlists": 12, "entries": 40}
KILL_EVERY_S, EDIT_EVERY_S, RESTART_EVERY_S = 40, 7, 100
SERVICES = ("kafka", "redis", "postgres")  # restarted in turn
READY_S = 60  # within which every worker says of itself that it has all it needs again
CALM_S = 20  # beyond that: broken connections are closed, made anew, and a group has its members
# Spotify's refresh token stays good: one that works once is lost with an answer that is cut off, and a person is asked for.
FLAGS = {"opensubsonic": ("--gzip",), "spotify": ("--keep-refresh-token",)}
OPTIONS = {"spotify": {"token_life": 100}}
# Of a hundred requests. Each of them must be survived by retries, not by luck: a sync has some thirty requests.
FAULTS = (
    {"kind": "status", "status": 502, "probability": 0.01},
    {"kind": "status", "status": 429, "retry_after": 1, "probability": 0.005},
    {"kind": "truncate", "probability": 0.005},
    {"kind": "close", "probability": 0.005},
    {"kind": "stall", "ms": 300, "probability": 0.02},
    {"kind": "malformed", "probability": 0.01},
)


class Load:
    def __init__(self, pipeline):
        self.pipeline, self.random = pipeline, random.Random(7)
        self.servers, self.accounts = [], {}  # accounts: {name: (flavour, server, user)}
        self.jobs = {}  # put into Kafka, by account
        self.begun = self.kills = self.edits = self.restarts = self.confirmed = 0
        self.next_kill = self.next_edit = 0
        self.services = itertools.cycle(SERVICES)
        self.next_restart = None
        self.calm_from = 0  # before that a restart shows in the figures
        self.longest_return_s = 0
        self.fenced = {}  # when a worker was last started again after Kafka had fenced it off, by name

    def open(self):
        kinds = (flavours.Flavour("navidrome"), flavours.Flavour("supysonic"), flavours.Flavour("legacy"),
                 flavours.Jellyfin("jellyfin"), flavours.AppleMusic("applemusic", self.pipeline.folder),
                 flavours.Spotify("spotify-2026"))
        for flavour in kinds:
            self._serve(flavour)
        for number, server in enumerate(self.servers):
            for fault in FAULTS:
                server.fault(**fault, seed=number + 1)
        self.next_restart = time.monotonic() + RESTART_EVERY_S

    def _serve(self, flavour):
        log = self.pipeline.log(f"simulator-{len(self.servers) + 1}")
        server = Simulator(log, flags=(*flavour.flags, *FLAGS.get(flavour.provider, ())), log_entries=1000,
                           **{**flavour.options(), **SIZES, **OPTIONS.get(flavour.provider, {})})
        self.servers.append(server)
        for number in range(USERS):
            name, user = f"{flavour.name}-{number}", f"user{number}"
            flavour.add_account(self.pipeline, server, name, user)
            self.accounts[name] = (flavour, server, user)

    # ---- what goes on ----

    def turn(self, now):
        """Called every second."""
        self._start_fenced()
        self._sync_those_that_ended()
        if now > self.next_edit:
            self._edit()
            self.next_edit = now + EDIT_EVERY_S
        if now > self.next_kill:
            self._kill()
            self.next_kill = now + KILL_EVERY_S
        if now > self.next_restart:
            self._restart()
            self.next_restart = time.monotonic() + RESTART_EVERY_S

    def busy(self):
        """Names of accounts with a job that nobody has taken yet, or a sync that has not ended."""
        rows = self.pipeline.sql(
            "SELECT a.name, count(*), count(*) FILTER (WHERE s.state NOT IN ('complete', 'partial', 'failed', 'cancelled', 'joined')) "
            "FROM sync s JOIN account a USING (account_id) GROUP BY a.name")
        taken = {name: int(count) for name, count, _ in rows}
        return {name for name, jobs in self.jobs.items() if jobs > taken.get(name, 0)} | {row[0] for row in rows if int(row[2])}

    def _sync_those_that_ended(self):
        """Jobs as other programs would put them there, in one go: a sync has its row once a worker took it."""
        idle = sorted(set(self.accounts) - self.busy())
        lines = [f'{{"account":"{name}","mode":"{self.random.choice(("full", "incremental"))}"}}' for name in idle]
        for name, line in zip(idle, lines):
            self.pipeline.produce_job(line, account=name)
            self.jobs[name] = self.jobs.get(name, 0) + 1
        self.begun += len(idle)

    def _edit(self):
        """As much goes as comes."""
        server, place = self.random.choice(self.servers), self.random.randrange(1000)
        server.edit("insert", tracks=3, index=place)
        server.edit("remove", tracks=3, index=place + 100)
        server.edit("playlist-shuffle", playlist=self.random.randrange(SIZES["playlists"]), seed=place)
        self.edits += 1

    def _kill(self):
        worker = self.pipeline.workers[self.random.choice(("fetcher-2", "parser-2", "writer-2"))]
        worker.kill()
        worker.start()
        self.kills += 1

    def _restart(self):
        """Syncs go on meanwhile, as far as they can."""
        service = next(self.services)
        stack.stop(service)
        stack.start(service)
        self._await_ready()
        self.calm_from = time.monotonic() + CALM_S
        self.restarts += 1

    def _await_ready(self):
        began = time.monotonic()
        workers = self.pipeline.workers.values()
        while waits := {worker.name: told for worker in workers if (told := worker.get("/readyz"))[0] != 200}:
            self._start_fenced()
            assert time.monotonic() < began + READY_S, f"not ready {READY_S} s after a service answers: {waits}"
            time.sleep(0.2)
        self.longest_return_s = max(self.longest_return_s, time.monotonic() - began)

    def _start_fenced(self):
        """Who ended for another reason is told in the end."""
        for name in self.pipeline.start_fenced():
            self.fenced[name] = time.monotonic()

    # ---- the end ----

    def renewals(self):
        """How often an access token of Spotify's was replaced."""
        return sum(server.stats()["refreshes"] for server in self.servers)

    def settle(self, seconds=180):
        """No more faults; two last full syncs of each account, the second for removals that one walk cannot prove. Returns what
        is wrong."""
        for server in self.servers:
            server.reset("faults")
        deadline = time.monotonic() + seconds
        while self.busy() and time.monotonic() < deadline:
            time.sleep(1)
        wrong = [f"{name} still has a sync under way" for name in self.busy()]
        for _ in range(2):
            for sync in [self.pipeline.enqueue(name, "--mode", "full") for name in self.accounts]:
                report = self.pipeline.watch(sync, timeout=seconds)
                if report.state != "complete":
                    wrong.append(f"sync {sync} is {report.state}: {report.all['cause']}")
        self.confirmed = sum(self.pipeline.confirm_held().values())
        for name, (flavour, server, user) in self.accounts.items():
            wrong += flavour.differences(self.pipeline, name, server, user)
        return wrong + [f"audit: {' '.join(row)}" for row in self.pipeline.sql("SELECT what, detail FROM violation")]

    def close(self):
        for server in self.servers:
            server.stop()
