"""A stack of its own, the workers as child processes, and what the kernel and Postgres say they used."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / "build" / "release" / "bin"
TICKS = os.sysconf("SC_CLK_TCK")
PORT = int(os.environ.get("SYNCLINE_BENCH_PORT", "31000"))
PORTS = {"fetcher": PORT + 101, "parser": PORT + 102, "writer": PORT + 103, "fetcher-2": PORT + 104}
PASSWORD = "demo"  # the simulator's own default


def run(*words, env=None, text=None):
    done = subprocess.run([str(word) for word in words], env=env, input=text, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Process:
    """A child whose CPU seconds and peak memory can be read while it runs."""

    def __init__(self, name, words, log):
        self.name = name
        self.child = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE if name == "simulator" else log,
                                      stderr=log, text=True)

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak_mib(self):
        status = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024

    def stop(self):
        self.child.terminate()
        try:
            self.child.wait(30)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class Bench:
    def __init__(self, keep):
        self.keep = keep
        self.data = pathlib.Path(os.environ.get("SYNCLINE_BENCH_DATA", "/var/tmp/syncline-bench"))
        ports = {"KAFKA_PORT": 92, "KAFKA_CONTROLLER_PORT": 93, "POSTGRES_PORT": 32, "REDIS_PORT": 79}
        self.env = dict(os.environ, SYNCLINE_DATA=str(self.data), **{name: str(PORT + port) for name, port in ports.items()})
        self.settings = None
        self.log = None
        self.runs = 0
        self.processes = []

    def __enter__(self):
        run(ROOT / "compose/up", "kafka", "postgres", "redis", env=self.env)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="syncline-bench-"))
        self.log = open(folder / "log", "w", encoding="utf-8")
        self.folder = folder
        return self

    def __exit__(self, *_):
        self.stop_all()
        if self.keep:
            print(f"\nkept: SYNCLINE_DATA={self.data}, logs in {self.folder}")
        else:
            run(ROOT / "compose/down", "--erase", "--yes", env=self.env)

    def stop_all(self):
        for process in reversed(self.processes):
            process.stop()
        self.processes = []

    def machine(self):
        return f"{os.cpu_count()} cores"

    # ---- one measurement's surroundings ----

    def psql(self, sql):
        return run(ROOT / "compose/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, env=self.env).strip()

    def checkpoint(self):
        run(ROOT / "compose/psql", "-Xq", "-U", "postgres", "-c", "CHECKPOINT", env=self.env)

    def fresh(self, **settings):
        """New topics and empty tables."""
        self.stop_all()
        self.runs += 1
        self.psql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        base = (self.data / "syncline.conf").read_text()
        self.settings = self.folder / f"settings-{self.runs}.conf"
        extra = {"kafka_prefix": f"b{self.runs}-{os.getpid()}.", "log_progress_ms": 600000, **settings}
        self.settings.write_text(base + "".join(f"{key} = {value}\n" for key, value in extra.items()))
        self.cli("migrate")

    def cli(self, *words, text=None):
        return run(BIN / "syncline", "--config", self.settings, *words, text=text)

    def start(self, *names):
        for name in names:
            words = [BIN / f"syncline-{name.split('-')[0]}", "--config", self.settings, "--health-port", PORTS[name]]
            self.processes.append(Process(name, words, self.log))
        return self.processes[-len(names):]

    def simulator(self, tracks, *flags, **options):
        albums, artists = max(1, tracks // 12), max(1, tracks // 100)
        sizes = {"artists": artists, "albums": albums, "tracks": tracks, "playlists": 20, "entries": 50, **options}
        words = [BIN / "syncline-simulator", "--port", 0, "--seed", 7, *flags]
        for key, value in sizes.items():
            words += [f"--{key}", value]
        process = Process("simulator", words, self.log)
        self.processes.append(process)
        return re.search(r"http://\S+", process.child.stdout.readline()).group(0)

    def account(self, name, url):
        self.cli("account", "add", name, "--provider", "opensubsonic", "--url", url, "--user", "demo", "--password-stdin",
                 "--no-test", text=PASSWORD)

    def lag(self, topic):
        total = 0
        for row in json.loads(self.cli("lag", "--json")).get("partitions", []):
            if row["topic"].endswith(topic):
                total += row["lag"]
        return total

    @staticmethod
    def wait(condition, seconds, every=0.05):
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                raise RuntimeError("the benchmark waited in vain; see the log")
            time.sleep(every)

    @staticmethod
    def metric(worker, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{PORTS[worker]}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        return float(re.search(rf"^{name} (\S+)", text, re.M).group(1))

    # ---- measurements ----

    def alone(self, tracks):
        """One worker after the other over the same library, categories tracks only."""
        self.fresh(pages_lag_max=1000000)
        url = self.simulator(tracks)
        self.account("bench", url)
        pages = tracks // 499 + 2
        figures = {}
        # Fetcher: its backlog limit is off, nobody reads.
        fetcher, = self.start("fetcher")
        self.wait(lambda: self.ready("fetcher"), 30)
        started = time.monotonic()
        self.cli("sync", "bench", "--only", "tracks", "--mode", "full")
        self.wait(lambda: self.metric("fetcher", "syncline_items_fetched_total") >= tracks, 300, 0.01)
        figures["fetch_pages_s"] = pages / (time.monotonic() - started)
        time.sleep(1)
        fetcher.stop()
        self.processes.remove(fetcher)
        figures["curl_pages_s"] = self.bare_curl(url, min(pages, 400))
        # Parser over the backlog of pages.
        parser, = self.start("parser")
        self.wait(lambda: self.metric_or_zero("parser", "syncline_items_parsed_total") > 0, 60, 0.005)
        first, cpu, started = self.metric("parser", "syncline_items_parsed_total"), parser.cpu(), time.monotonic()
        self.wait(lambda: self.metric("parser", "syncline_items_parsed_total") >= tracks, 300, 0.01)
        seconds, used = time.monotonic() - started, parser.cpu() - cpu
        figures["parse_items_s"] = (tracks - first) / seconds
        figures["parse_items_core_s"] = (tracks - first) / used
        time.sleep(1)
        parser.stop()
        self.processes.remove(parser)
        # Writer over the backlog of items.
        self.checkpoint()
        self.start("writer")
        self.wait(lambda: self.metric_or_zero("writer", "syncline_rows_total") > 0, 60, 0.005)
        first, started = self.metric("writer", "syncline_rows_total"), time.monotonic()
        self.wait(lambda: self.metric("writer", "syncline_rows_total") >= tracks, 300, 0.01)
        figures["write_rows_s"] = (tracks - first) / (time.monotonic() - started)
        figures["copy_rows_s"] = self.plain_copy()
        return figures

    @staticmethod
    def ready(worker):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORTS[worker]}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def metric_or_zero(self, worker, name):
        try:
            return self.metric(worker, name)
        except (OSError, AttributeError):
            return 0.0

    def plain_copy(self):
        """The same rows by COPY into a table without index, in the same run."""
        self.psql("CREATE TABLE plain (LIKE track); CREATE TABLE plain_warm (LIKE track)")
        file = self.data / "plain.copy"
        file.touch()
        os.chmod(file, 0o666)
        with open(file, "wb") as out:
            subprocess.run([str(ROOT / "compose/psql"), "-Xq", "-c", "COPY track TO STDOUT (FORMAT binary)"], env=self.env,
                           stdout=out, check=True)
        rows, best = int(self.psql("SELECT count(*) FROM track")), 0.0
        for _ in range(3):
            self.psql("TRUNCATE plain")
            started = time.monotonic()
            with open(file, "rb") as data:
                subprocess.run([str(ROOT / "compose/psql"), "-Xq", "-c", "COPY plain FROM STDIN (FORMAT binary)"],
                               env=self.env, stdin=data, check=True)
            best = max(best, rows / (time.monotonic() - started))
        file.unlink()
        return best

    def bare_curl(self, url, pages):
        """What one process gets from the simulator when it does nothing with the answers."""
        config = self.folder / "curl.conf"
        query = f"u=demo&p={PASSWORD}&v=1.16.1&c=bench&f=json&query=&artistCount=0&albumCount=0&songCount=500"
        config.write_text("".join(f'url = "{url}/rest/search3?{query}&songOffset={page * 499}"\noutput = "/dev/null"\n'
                                  for page in range(pages)))
        started = time.monotonic()
        run("curl", "-s", "-K", config)
        return pages / (time.monotonic() - started)

    def together(self, tracks):
        self.fresh(reconcile_ms=2000)
        url = self.simulator(tracks)
        self.account("bench", url)
        workers = self.start("fetcher", "parser", "writer")
        time.sleep(4)
        figures = {"cpu": {}, "peak_mib": {}}
        before = {worker.name: worker.cpu() for worker in workers}
        postgres, kafka = self.service_cpu("postgres"), self.service_cpu("kafka")
        started = time.monotonic()
        self.cli("sync", "bench", "--mode", "full", "--wait")
        figures["seconds"] = time.monotonic() - started
        for worker in workers:
            figures["cpu"][worker.name] = worker.cpu() - before[worker.name]
            figures["peak_mib"][worker.name] = worker.peak_mib()
        figures["cpu"]["postgres"] = self.service_cpu("postgres") - postgres
        figures["cpu"]["kafka"] = self.service_cpu("kafka") - kafka
        figures["items"] = int(self.psql("SELECT sum(received) FROM sync_category"))
        figures["items_s"] = figures["items"] / figures["seconds"]
        rows = int(self.psql("SELECT sum(stored) FROM sync_category"))
        # What Postgres has yet to do for the first sync (hint bits, visibility) would be logged during the second.
        self.psql("VACUUM ANALYZE")
        self.checkpoint()
        lsn, started = self.psql("SELECT pg_current_wal_lsn()"), time.monotonic()
        self.cli("sync", "bench", "--mode", "full", "--wait")
        figures["again_seconds"] = time.monotonic() - started
        figures["again_items_s"] = figures["items"] / figures["again_seconds"]
        figures["wal_per_row"] = float(self.psql(f"SELECT pg_current_wal_lsn() - '{lsn}'::pg_lsn")) / rows
        figures["again_changed"] = int(self.psql(
            "SELECT sum(added + changed + removed) FROM sync_category WHERE sync_id = (SELECT max(sync_id::text)::uuid FROM sync)"))
        return figures

    def service_cpu(self, name):
        """CPU seconds of a service and of its children, those that have ended included."""
        pid = int((self.data / "run" / f"{name}.pid").read_text().split()[0])
        total = 0
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(folder.name) == pid:
                total += sum(int(fields[i]) for i in (11, 12, 13, 14))
            elif int(fields[1]) == pid:
                total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def first_row(self, count):
        """From the moment the job is handed to Kafka to the moment a row can be selected."""
        self.fresh(reconcile_ms=2000)
        url = self.simulator(200)
        workers = ("fetcher", "parser", "writer")
        self.start(*workers)
        time.sleep(4)
        times = []
        for i in range(count):
            name = f"fast{i}"
            self.account(name, url)
            times.append(self.time_first_row(name))
        times.sort()
        return {"p50": times[len(times) // 2], "p99": times[int(len(times) * 0.99) - 1], "max": times[-1]}

    def time_first_row(self, name):
        """Postgres itself does the waiting: a client that starts processes would measure those."""
        waiter = subprocess.Popen([str(ROOT / "compose/psql"), "-XAtq"], env=self.env, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        waiter.stdin.write(f"""
            SELECT 'ready';
            DO $$ DECLARE a integer; BEGIN
              SELECT account_id INTO a FROM account WHERE name = '{name}';
              FOR i IN 1..20000 LOOP
                COMMIT;
                EXIT WHEN EXISTS (SELECT 1 FROM artist WHERE account_id = a);
                PERFORM pg_sleep(0.001);
              END LOOP;
            END $$;
            SELECT extract(epoch FROM clock_timestamp());\n""")
        waiter.stdin.close()
        waiter.stdout.readline()
        self.cli("sync", name, "--only", "artists")
        seen = float(waiter.stdout.readline())
        waiter.wait()
        sent = float(self.psql(f"""SELECT extract(epoch FROM queued_at) FROM sync JOIN account USING (account_id)
                                   WHERE name = '{name}'"""))
        return (seen - sent) * 1000
