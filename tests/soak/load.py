"""What a soaked installation has to do: accounts at servers of every kind that are synced again as soon as a sync has ended,
servers that fail now and then and change, workers that are killed."""
import random
import time

import stack
from simulator import PASSWORD, Simulator

USERS = 2  # accounts of each server
SIZES = {"tracks": 1500, "albums": 120, "artists": 60, "playlists": 12, "entries": 40}
KILL_EVERY_S, EDIT_EVERY_S = 40, 7
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
        self.servers, self.accounts = [], {}
        self.jobs = {}  # put into Kafka, by account
        self.begun = self.kills = self.edits = 0
        self.next_kill = self.next_edit = 0

    def open(self):
        self._add_opensubsonic()
        self._add_jellyfin()
        self._add_apple()
        for number, server in enumerate(self.servers):
            for fault in FAULTS:
                server.fault(**fault, seed=number + 1)

    def _serve(self, flavour, *flags, **options):
        log = self.pipeline.log(f"simulator-{len(self.servers) + 1}")
        self.servers.append(Simulator(log, flags=("--any-user", *flags), flavour=flavour, log_entries=1000, **{**SIZES, **options}))
        return self.servers[-1]

    def _add(self, server, provider, *words, secret=PASSWORD):
        for number in range(USERS):
            name = f"{provider}-{len(self.servers)}-{number}"
            words_of = [word.replace("USER", f"user{number}") if isinstance(word, str) else word for word in words]
            self.pipeline.cli("account", "add", name, "--provider", provider, "--url", server.url, *words_of, "--no-test",
                              text=secret.replace("USER", f"user{number}") + "\n")
            self.accounts[name] = server

    def _add_opensubsonic(self):
        for flavour in ("navidrome", "supysonic", "legacy"):
            self._add(self._serve(flavour, "--gzip"), "opensubsonic", "--user", "USER", "--password-stdin")

    def _add_jellyfin(self):
        self._add(self._serve("jellyfin", api_key="canary-api-key"), "jellyfin", "--user", "USER", "--password-stdin")

    def _add_apple(self):
        key, public = self.pipeline.folder / "key.p8", self.pipeline.folder / "public.pem"
        stack.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key])
        stack.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public])
        self._add(self._serve("applemusic", apple_key=public), "applemusic", "--team-id", "TEAM123456", "--key-id", "KEY1234567",
                  "--key-file", key, "--user-token-stdin", secret="user-USER")

    # ---- what goes on ----

    def turn(self, now):
        """Called every second."""
        self._sync_those_that_ended()
        if now > self.next_edit:
            self._edit()
            self.next_edit = now + EDIT_EVERY_S
        if now > self.next_kill:
            self._kill()
            self.next_kill = now + KILL_EVERY_S

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

    # ---- the end ----

    def settle(self, seconds=180):
        """No more faults; one last full sync of each account. Returns what is wrong."""
        for server in self.servers:
            server.reset("faults")
        deadline = time.monotonic() + seconds
        while self.busy() and time.monotonic() < deadline:
            time.sleep(1)
        wrong = [f"{name} still has a sync under way" for name in self.busy()]
        for sync in [self.pipeline.enqueue(name, "--mode", "full") for name in self.accounts]:
            report = self.pipeline.watch(sync, timeout=seconds)
            if report.state != "complete":
                wrong.append(f"sync {sync} is {report.state}: {report.all['cause']}")
        return wrong + [f"audit: {' '.join(row)}" for row in self.pipeline.sql("SELECT what, detail FROM violation")]

    def close(self):
        for server in self.servers:
            server.stop()
