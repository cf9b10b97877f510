"""One installation of Syncline on the stack: a database, topics and Redis keys of its own, workers, and the command."""
import collections
import json
import os
import pathlib
import tempfile

import kafka_wire
import stack
from process import Worker

HERE = pathlib.Path(__file__).resolve().parent

# Short times, so that what is waited for comes soon.
QUICK = {"lease_ms": 2000, "retry_base_ms": 50, "retries": 2, "reconcile_ms": 300, "kafka_session_ms": 6000, "batch_age_ms": 100,
         "request_timeout_ms": 5000, "log_progress_ms": 1000}

Report = collections.namedtuple("Report", "code state sync categories all")


class Pipeline:
    count = 0

    READ = ("sync.jobs", "sync.jobs.background", "sync.pages", "sync.items", "sync.rejects")  # what workers share between them

    def __init__(self, name, redis_database=None, partitions=None, **settings):
        """redis_database: 1 to 15, for who knows which of them nobody else has. partitions: of each topic that workers read;
        as many as it is made with, otherwise."""
        Pipeline.count += 1
        self.number = Pipeline.count
        self.name = f"e2e_{os.getpid()}_{self.number}"
        self.prefix = f"t{os.getpid()}.{self.number}."
        self.redis_database = redis_database or self.number % 15 + 1
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"syncline-e2e-{name}-"))
        self.workers = {}
        # Postgres first: it knows a stack that is somebody else's by the password, and Redis would be emptied.
        stack.sql("postgres", f"CREATE DATABASE {self.name} OWNER syncline", user="postgres")
        stack.redis(self.redis_database, "FLUSHDB")
        self.settings = self._write_settings({**QUICK, **settings})
        if partitions:
            kafka_wire.create_topics({self.prefix + topic: partitions for topic in self.READ})
        self.cli("migrate")
        stack.sql(self.name, (HERE / "audit.sql").read_text(encoding="utf-8"))

    def _write_settings(self, settings):
        path = self.folder / "settings.conf"
        connection = f"postgresql://syncline:{stack.postgres_password()}@127.0.0.1:{stack.POSTGRES_PORT}/{self.name}"
        settings = {"kafka_brokers": stack.KAFKA, "kafka_prefix": self.prefix, "postgres": connection,
                    "redis": f"redis://127.0.0.1:{stack.REDIS_PORT}/{self.redis_database}",
                    "key_file": stack.DATA / "syncline.key", **settings}
        path.write_text("".join(f"{key} = {value}\n" for key, value in settings.items()), encoding="utf-8")
        path.chmod(0o600)
        return path

    def close(self):
        for worker in self.workers.values():
            worker.go_on()
            worker.asked_to_end = True
            worker.signal(15)
        for worker in self.workers.values():
            worker.end()
        stack.sql("postgres", f"DROP DATABASE {self.name} WITH (FORCE)", user="postgres")
        stack.redis(self.redis_database, "FLUSHDB")

    # ---- workers ----

    def start(self, *kinds, ready=True, environment=None, **options):
        """A worker of each kind; a second one of a kind gets the next number. Returns those started."""
        started = []
        for kind in kinds:
            number = next(number for number in range(1, 100) if f"{kind}-{number}" not in self.workers)
            name = f"{kind}-{number}"
            self.workers[name] = Worker(name, kind, self.settings, self.log(name), options, **environment or {})
            started.append(self.workers[name])
        for worker in started:
            if ready:
                worker.await_ready()
        return started

    def start_all(self):
        return self.start("fetcher", "parser", "writer")

    def start_fenced(self):
        """What a service manager does when Kafka has fenced a worker off under its own name, as it may when it comes back: a rare
        weakness that is known (docs/reliability.md, "fenced off under its own name"). Returns their names. Who ended for another
        reason stays so."""
        fenced = [worker for worker in self.workers.values()
                  if worker.unexpected and "fenced by other consumer" in worker.log.read_text(encoding="utf-8").splitlines()[-1]]
        for worker in fenced:
            worker.start()
        return [worker.name for worker in fenced]

    def remove(self, worker):
        worker.end()
        del self.workers[worker.name]

    def log(self, name):
        path = self.folder / f"{name}.log"
        path.touch()
        return path

    def logs(self):
        return sorted(self.folder.glob("*.log"))

    # ---- the command ----

    def cli(self, *words, text="", check=True, timeout=120):
        return stack.run([stack.BIN / "syncline", "--config", self.settings, *words], text=text, check=check, timeout=timeout)

    def add_account(self, name, url, password, *options, user="demo"):
        """Added without a test of the sign-in unless --test is among the options."""
        options = [option for option in options if option != "--test"] if "--test" in options else [*options, "--no-test"]
        who = ["--user", user] if user else []
        return self.cli("account", "add", name, "--provider", "opensubsonic", "--url", url, *who, "--password-stdin", *options,
                        text=password + "\n")

    def enqueue(self, account, *options):
        """Returns the sync's id at once."""
        return json.loads(self.cli("sync", account, "--json", *options).stdout)["sync"]

    def watch(self, sync, timeout=90):
        """The result of a sync, when it has come."""
        done = self.cli("watch", sync, "--json", check=False, timeout=timeout)
        if done.returncode not in (0, 1, 3):
            raise AssertionError(f"watch ended with {done.returncode}: {done.stderr}{done.stdout}")
        last = json.loads(done.stdout.splitlines()[-1])
        categories = {row["category"]: row for row in last["by_category"]}
        return Report(done.returncode, last["state"], last["sync"], categories, last)

    def sync(self, account, *options, timeout=90):
        return self.watch(self.enqueue(account, *options), timeout)

    def status(self, account):
        return json.loads(self.cli("status", account, "--json").stdout)

    def confirm_held(self):
        """As a person would: what may be an item without an id is removed only then. Returns {account: how many}."""
        held = {name: int(count) for name, count in self.sql(
            "SELECT a.name, sum(h.held) FROM library_held h JOIN account a USING (account_id) GROUP BY 1")}
        for name in held:
            self.cli("confirm", name, "--yes")
        return held

    # ---- below the command ----

    def sql(self, query):
        return stack.sql(self.name, query)

    def value(self, query):
        rows = self.sql(query)
        return rows[0][0] if rows else None

    def forbid_connections(self):
        """Its database is away, for everybody but a superuser, until allow_connections."""
        stack.sql("postgres", f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false", user="postgres")
        stack.sql("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'", user="postgres")

    def allow_connections(self):
        stack.sql("postgres", f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true", user="postgres")

    def account_id(self, account):
        return self.value(f"SELECT account_id FROM account WHERE name = '{account}'")

    def pages(self, sync, category="tracks"):
        return int(self.value(f"SELECT count(*) FROM sync_page WHERE sync_id = '{sync}' AND category = '{category}'"))

    def produce_job(self, *jobs, account="home"):
        stack.produce(self.prefix + "sync.jobs", *jobs, key=account)

    def produce_jobs(self, jobs):
        """(account, job) of each, at once."""
        stack.produce_pairs(self.prefix + "sync.jobs", jobs)

    def figures(self, **where):
        """Sum of a metric over all workers: figures(kind="writer", name="messages_stale_total")."""
        return sum(worker.metric(where["name"]) or 0 for name, worker in self.workers.items() if name.startswith(where["kind"]))
