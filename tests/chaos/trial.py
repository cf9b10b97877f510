"""One run of a scenario with one seed: a world of its own, load, faults, calm, and the question whether all of it held.

A world is a pipeline, some simulated servers of different flavours and some accounts at each. For LOAD_S seconds syncs are
asked for, libraries change and faults come; then all faults end, every accepted sync must end within SETTLE_S, and two last
syncs of each account must bring exactly what the servers show. All chance comes from the seed; what depends on the machine's
pace stands in the journal.
"""
import concurrent.futures
import json
import random
import re
import shutil
import threading
import time
import traceback
import uuid

import checks
import flavours
import kafka_wire
import stack
from journal import Journal
from observer import GROUPS, Observer
from pipeline import Pipeline
from simulator import Simulator

SETTINGS = {"page_size": 25, "retries": 3, "retry_base_ms": 50, "rates": "spotify=0,applemusic=0", "lease_ms": 2000,
            "kafka_session_ms": 6000, "log_progress_ms": 2000, "reread_hours": 0}
LOAD_S = 5.0
SETTLE_S = 45.0
HEALTH_S = 5.0
GONE_S = 15.0  # after which a sync that is no row yet will not become one
FLAVOURS = ("navidrome", "navidrome", "supysonic", "gonic", "legacy", "spotify", "spotify-2026", "applemusic", "jellyfin")


class World(Pipeline):
    """A pipeline that is asked much."""

    def __init__(self, *words, **settings):
        self.session = None
        super().__init__(*words, **settings)
        self.session = stack.Session(self.name)

    def sql(self, query):
        return self.session.sql(query)

    def close(self):
        self.session.close()
        super().close()


class Server:
    """A simulated server, with the accounts that are signed in to it: {name: user}."""

    def __init__(self, flavour, simulator):
        self.flavour, self.simulator, self.accounts = flavour, simulator, {}
        self.edits = self.slow_ms = 0
        self.address = simulator.url

    def strike(self, kind, **words):
        """A fault instead of those before. The first rule that fits a request wins, so slowness comes last."""
        self.simulator.reset("faults")
        if kind:
            self.simulator.fault(kind, **words)
        if self.slow_ms:
            self.simulator.fault("stall", ms=self.slow_ms, count=0)

    @property
    def url(self):
        """What accounts are told."""
        return self.address

    def __getattr__(self, name):
        return getattr(self.simulator, name)


class Trial:
    def __init__(self, scenario, seed, slot, folder):
        self.scenario, self.seed, self.slot = scenario, seed, slot
        self.random = random.Random(f"{scenario.number}/{seed}")
        folder.mkdir(parents=True, exist_ok=True)
        self.journal = Journal(folder / "journal.jsonl")
        self.folder = folder
        self.servers, self.accepted, self.events = [], {}, []
        self.outages, self.next_health = 0, HEALTH_S
        self.expected_ends = 0
        self.pipeline = self.observer = None
        self.findings = []
        self.recovered_s = None
        self.felt = None

    # ---- the way of a run ----

    def run(self):
        """Returns its report as a dict."""
        self.journal.write("begin", scenario=self.scenario.number, title=self.scenario.title, seed=self.seed)
        try:
            self.set_up()
            self.load()
            self.settle()
            self.compare()
            self.findings += checks.run_all(self)
            if self.findings:
                self.keep_figures()
        except Exception as error:  # whatever it was: it is a finding, and the world is taken down
            self.findings.append(f"C9 the run did not come to its end: {error}")
            self.journal.write("broken", trace=traceback.format_exc(), obstacles=self.obstacles())
        finally:
            self.take_down()
            report = self.report()
            self.journal.write("end", **report)
            self.journal.close()
        return report

    def keep_figures(self):
        for worker in self.pipeline.workers.values():
            (self.folder / f"{worker.name}.metrics").write_text(worker.get("/metrics")[1], encoding="utf-8")

    def obstacles(self):
        """What each worker says is in its way."""
        workers = self.pipeline.workers.values() if self.pipeline else ()
        return {worker.name: worker.get("/readyz") for worker in workers if worker.child.poll() is None}

    def report(self):
        return {"scenario": self.scenario.number, "seed": self.seed, "findings": self.findings,
                "faults": dict(self.journal.faults), "took_s": round(self.journal.now, 1),
                "longest_gap_s": round(self.observer.longest_gap, 1) if self.observer else None,
                "recovered_s": self.recovered_s, "syncs": len(self.accepted),
                "felt": self.felt, "checks": checks.names(), "folder": str(self.folder)}

    def set_up(self):
        scenario = self.scenario
        self.pipeline = World(f"chaos-{scenario.number}-{self.seed}", redis_database=self.slot,
                              **{**SETTINGS, **scenario.settings(self)})
        # Made, and told to clients, are two moments of a broker that is busy.
        self.wait_for(lambda: all(kafka_wire.partitions(self.pipeline.prefix + topic) for topic in checks.TOPICS), "the topics", 60)
        self.observer = Observer(self.pipeline, self.journal)
        scenario.before(self)
        for kind in self.random.sample(scenario.flavours, scenario.servers):
            self.add_server(kind)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            jobs = [(server, f"u{number}x{i}") for number, server in enumerate(self.servers) for i in range(scenario.accounts)]
            list(pool.map(lambda job: self.add_account(*job), jobs if scenario.parallel_accounts else []))
            for job in [] if scenario.parallel_accounts else jobs:
                self.add_account(*job)
        self.start_workers()
        self.journal.write("world", servers=[server.flavour.name for server in self.servers],
                           accounts=sum(len(server.accounts) for server in self.servers), prefix=self.pipeline.prefix,
                           database=self.pipeline.name)

    def add_server(self, name):
        kinds = {"spotify": flavours.Spotify, "spotify-2026": flavours.Spotify, "jellyfin": flavours.Jellyfin}
        flavour = flavours.AppleMusic(name, self.pipeline.folder) if name == "applemusic" else kinds.get(name, flavours.Flavour)(name)
        tracks = self.random.randrange(150, 400)
        options = {**flavour.options(), "albums": tracks // 8, "artists": tracks // 10, "playlists": 6, "entries": 40,
                   "seed": self.random.randrange(1, 1000), **self.scenario.server_options(self)}
        simulator = Simulator(self.pipeline.log(f"simulator-{len(self.servers) + 1}"), tracks, flags=flavour.flags, **options)
        server = Server(flavour, simulator)
        self.servers.append(server)
        server.address = self.scenario.proxied(self, simulator.url)
        server.slow_ms = self.scenario.slow_ms
        server.strike(None)

    lock = threading.Lock()

    def add_account(self, server, user):
        name = f"{server.flavour.name}-{user}"
        if server.flavour.provider == "spotify":  # its consent is the server's, not the account's
            with self.lock:
                server.flavour.add_account(self.pipeline, server, name, user)
        else:
            server.flavour.add_account(self.pipeline, server, name, user)
        server.accounts[name] = user

    def start_workers(self):
        for kind, count in self.scenario.workers(self).items():
            for _ in range(count):
                self.start_worker(kind, ready=False)
        for worker in list(self.pipeline.workers.values()):
            if worker.child.poll() is None:
                self.wait(lambda worker=worker: worker.get("/readyz")[0] == 200 or worker.child.poll() is not None,
                          f"{worker.name} is ready", 40)

    def start_worker(self, kind, ready=False):
        """With the scenario's crash point for it, if it has one."""
        armed = self.scenario.armed(self, kind)
        environment = {**self.scenario.worker_environment(self, kind), **({"SYNCLINE_CRASH_AT": armed} if armed else {})}
        [worker] = self.pipeline.start(kind, ready=ready, environment=environment, **self.scenario.worker_options(self, kind))
        self.journal.write("worker", name=worker.name, pid=worker.child.pid, armed=armed)
        return worker

    def take_down(self):
        if not self.pipeline:
            return
        for worker in self.pipeline.workers.values():
            worker.more_environment = {}
        try:
            if self.observer:
                self.observer.forget_lag()
            self.scenario.after(self)
            self.pipeline.close()
            stack_left = [server.simulator.stop() for server in self.servers]
            self.journal.write("down", simulators=len(stack_left))
        except Exception as error:  # as above
            self.findings.append(f"C9 the world could not be taken down: {error}")
            self.journal.write("broken", trace=traceback.format_exc())
        finally:
            self.keep_or_remove()
            self.scenario.gone(self)

    def count_felt(self):
        """How often workers told of the fault: a run in which nobody noticed it has shown nothing."""
        if self.scenario.felt:
            self.felt = sum(len(re.findall(self.scenario.felt, path.read_text(errors="replace"))) for path in self.pipeline.logs())

    def keep_or_remove(self):
        self.count_felt()
        prefix = self.pipeline.prefix
        try:
            kafka_wire.delete_topics(*(prefix + topic for topic in checks.TOPICS))
            kafka_wire.delete_groups(*(prefix + group for group in GROUPS))
        except OSError as error:
            self.journal.write("topics left", why=str(error))
        if self.findings:
            shutil.copytree(self.pipeline.folder, self.folder / "logs", dirs_exist_ok=True)
        shutil.rmtree(self.pipeline.folder, ignore_errors=True)

    # ---- load ----

    def at(self, seconds, what, function):
        """In so many seconds of the load, function() is called; what: its line in the journal."""
        self.events.append((seconds, len(self.events), what, function))

    def accounts(self):
        return [(server, name) for server in self.servers for name in server.accounts]

    def load(self):
        draw = self.random
        for server, name in self.accounts():
            for _ in range(self.scenario.syncs):
                mode = draw.choice(("full", "full", "incremental"))
                self.at(draw.uniform(0, LOAD_S * 0.6), "sync", lambda name=name, mode=mode: self.enqueue(name, mode))
        if self.scenario.edits:
            for server in self.servers:
                for _ in range(draw.randrange(1, self.scenario.edits + 1)):
                    self.at(draw.uniform(0, LOAD_S), "edit", self.edit_of(server))
        self.scenario.plan(self)
        self.drive(LOAD_S)

    def edit_of(self, server):
        draw = self.random
        op = draw.choice(("insert", "remove", "retag", "playlist-add", "playlist-remove", "playlist-shuffle"))
        words = {"tracks": draw.randrange(1, 5), "index": draw.randrange(0, 100)}
        if op.startswith("playlist"):
            words = {"playlist": draw.randrange(0, 4), "entries": draw.randrange(1, 5), "position": 0, "seed": draw.randrange(1000)}

        def edit():
            server.simulator.edit(op, **words)
            server.edits += 1
            self.journal.write("edit", server=server.flavour.name, op=op, **words)
        return edit

    def enqueue(self, account, mode="full", categories=None, anywhere=False, draw=None):
        """As any program would: a line of JSON. The sync's id says when it was accepted. anywhere: in any partition."""
        sync = str(uuid7(draw or self.random))
        job = {"account": account, "sync": sync, "mode": mode, **({"categories": categories} if categories else {})}
        self.pipeline.produce_job(json.dumps(job), account="" if anywhere else account)
        self.accepted[sync] = account
        self.journal.write("accepted", sync=sync, account=account, mode=mode)
        return sync

    def drive(self, seconds):
        """Lets the run go on for that long, and until the last planned event."""
        begin = self.journal.now
        while self.events or self.journal.now - begin < seconds:
            due = sorted((event for event in self.events if event[0] <= self.journal.now - begin), key=lambda event: event[:2])
            for event in due:
                if event[2] == "sync" and self.scenario.deaf(self):
                    continue
                self.events.remove(event)
                self.unseen(event[3])
            self.turn()

    def unseen(self, function):
        """Nobody looks meanwhile: the time until a service is back, which a fault or its end waits for, is no standstill."""
        began = self.journal.now
        function()
        self.observer.progress_at += self.journal.now - began

    def turn(self):
        self.supervise()
        self.observer.look(self.outages > 0 or self.scenario.unsettled(self))
        time.sleep(0.02)

    def supervise(self):
        """What a service manager does: a worker that ended is started again, one that says that it is stuck is ended."""
        self.end_stuck()
        for worker in list(self.pipeline.workers.values()):
            code = worker.child.poll()
            if code is None or worker.asked_to_end:
                continue
            self.journal.write("ended", name=worker.name, code=code)
            if code == -9 and worker.more_environment.get("SYNCLINE_CRASH_AT"):
                self.journal.fault("kill at a point", name=worker.name, point=worker.more_environment["SYNCLINE_CRASH_AT"])
            else:
                self.observer.deaths.append((worker.name, code))
            armed = self.scenario.armed(self, worker.kind)
            kept = {name: value for name, value in worker.more_environment.items() if name != "SYNCLINE_CRASH_AT"}
            worker.more_environment = {**kept, "SYNCLINE_CRASH_AT": armed} if armed else kept
            worker.start()
            self.journal.write("worker", name=worker.name, pid=worker.child.pid, armed=armed)

    def end_stuck(self):
        if not self.scenario.liveness or self.journal.now < self.next_health:
            return
        self.next_health = self.journal.now + HEALTH_S
        for worker in self.pipeline.workers.values():
            if worker.child.poll() is None and worker.get("/healthz")[0] == 503:
                self.journal.fault("stuck, ended by its service manager", name=worker.name)
                worker.kill()
                worker.start()

    def wait_for(self, condition, what, seconds):
        """As wait, before there is anything to look after."""
        deadline = self.journal.now + seconds
        while not condition():
            if self.journal.now > deadline:
                raise AssertionError(f"not within {seconds} s: {what}")
            time.sleep(0.1)

    def wait(self, condition, what, seconds):
        """Goes on with the run until the condition is true."""
        deadline = self.journal.now + seconds
        while not (value := condition()):
            if self.journal.now > deadline:
                raise AssertionError(f"not within {seconds} s: {what}")
            self.turn()
        return value

    # ---- the end ----

    def settle(self):
        """No more faults; every accepted sync comes to its end."""
        self.journal.write("faults end")
        self.unseen(lambda: self.scenario.heal(self))
        self.journal.write("healed")
        for server in self.servers:
            server.simulator.reset("faults")
            server.simulator.reset("edits")
        for worker in self.pipeline.workers.values():
            worker.go_on()
        began = self.journal.now
        self.forget_gone()
        try:
            self.wait(lambda: not self.unfinished(), "every accepted sync has ended", self.scenario.settle_s)
        except AssertionError as error:
            self.findings.append(f"C9 {error}; left: {self.unfinished()[:5]}")
            return
        self.recovered_s = round(self.journal.now - began, 1)
        self.journal.write("settled", after_s=self.recovered_s)
        self.findings += list(self.scenario.settled(self))

    def forget_gone(self):
        """Syncs whose only trace was a message that was taken away: nobody can know of them."""
        if not self.scenario.cuts_topics:
            return
        until = self.journal.now + GONE_S
        while self.journal.now < until:
            self.turn()
        for sync, state in self.unfinished():
            if state is None:
                self.journal.write("gone", sync=sync, account=self.accepted.pop(sync))

    def unfinished(self):
        """(sync, state) of those accepted that have not ended."""
        looks = self.observer.looks
        seen = looks[-1].syncs if looks else {}
        open_states = {"queued", "running", "throttled", "cancelling", "needs_auth"} - set(self.scenario.ends)
        return [(sync, seen.get(sync)) for sync in self.accepted if seen.get(sync, "queued") in open_states]

    def compare(self):
        """Two undisturbed syncs: the second one for removals that one walk cannot prove."""
        for worker in self.pipeline.workers.values():
            self.wait(lambda worker=worker: worker.get("/readyz")[0] == 200, f"{worker.name} is ready in the end", 40)
        for number in (1, 2):
            last = {self.enqueue(name): name for _, name in self.accounts() if name not in self.scenario.lost}
            self.wait(lambda: not self.unfinished(), f"undisturbed sync {number} ends", SETTLE_S)
            self.forget_signed_out()
            for sync, name in last.items():
                if name not in self.scenario.lost:
                    self.judge_last(sync, name, number)
            self.journal.write("undisturbed", number=number)
        self.journal.write("confirmed", held=self.pipeline.confirm_held())
        for server, name in self.accounts():
            if name not in self.scenario.lost:
                self.journal.write("compared", account=name)
                self.findings += [f"C1 {text}" for text in
                                  server.flavour.differences(self.pipeline, name, server.simulator, server.accounts[name])]

    def forget_signed_out(self):
        """Accounts of which a person is asked to sign in again, where that can be: there is nothing to compare."""
        if not self.scenario.may_sign_out:
            return
        gone = {row[0] for row in self.pipeline.sql(
            "SELECT DISTINCT a.name FROM sync s JOIN account a USING (account_id) JOIN sync_category c USING (sync_id) "
            "WHERE c.cause LIKE 'the sign-in is no longer valid%'")}
        if gone - self.scenario.lost:
            self.journal.write("signed out", accounts=sorted(gone))
        self.scenario.lost |= gone

    def judge_last(self, sync, name, number):
        row = self.pipeline.sql(f"SELECT state, cause FROM sync WHERE sync_id = '{sync}'")[0]
        if row[0] not in ("complete", "joined"):  # joined: to one that began after it was asked for
            self.findings.append(f"C9 undisturbed sync {number} of {name} ended {row[0]}: {row[1]}")
        if number == 1:
            return
        changed = self.pipeline.sql(f"SELECT category, added, changed FROM sync_category WHERE sync_id = '{sync}' "
                                    "AND category <> 'playlists' AND (added > 0 OR changed > 0)")
        if changed:
            self.findings.append(f"C2 a second reading of {name} wrote what the first had: {changed}")


def uuid7(draw):
    """As Syncline makes them: the time in front."""
    value = int(time.time() * 1000) << 80 | 7 << 76 | draw.getrandbits(12) << 64 | 2 << 62 | draw.getrandbits(62)
    return uuid.UUID(int=value)
