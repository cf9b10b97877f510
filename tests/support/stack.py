"""The stack under test: where Kafka, Postgres and Redis answer, and the plain commands that reach them.

Knows nothing of Syncline beyond the folder in which compose/up left passwords and the key.
"""
import contextlib
import csv
import io
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time

csv.field_size_limit(1 << 26)  # a row may hold a page

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "compose"


def settings():
    """Every value of compose/settings.sh, with the environment's own in front."""
    script = f"set -a; . {COMPOSE}/settings.sh; env -0"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
    return dict(line.decode().split("=", 1) for line in done.stdout.split(b"\0") if b"=" in line)


SETTINGS = settings()
DATA = pathlib.Path(SETTINGS["SYNCLINE_DATA"])
KAFKA = "127.0.0.1:" + SETTINGS["KAFKA_PORT"]
REDIS_PORT = SETTINGS["REDIS_PORT"]
POSTGRES_PORT = SETTINGS["POSTGRES_PORT"]
BUILD = pathlib.Path(os.environ.get("TEST_BUILD") or SETTINGS["SYNCLINE_BUILD"])
BIN = (BUILD if BUILD.is_absolute() else ROOT / BUILD) / "bin"
SANITIZED = b"__asan_init" in (BIN / "syncline-writer").read_bytes() if (BIN / "syncline-writer").exists() else False


PORTS = iter(range(28300, 31000))  # those of the soak and of upgrades are below, those of the bench above


def free_port():
    """For a program that opens it later, or once more: until this process ends no other process of tests gets it, for a name that
    only one can have says whose it is."""
    for port in PORTS:
        with socket.socket(socket.AF_UNIX) as mark, socket.socket() as door:
            try:
                mark.bind(f"\0syncline-test-port-{port}")  # in no folder, and gone with this process
                door.bind(("127.0.0.1", port))
            except OSError:
                continue
            mark.detach()
            return port
    raise AssertionError("no port is free")


def free_ports(count, first):
    """In a row, from `first` on, below those that the kernel gives to connections: for a server that opens its ports later, or
    once more, when one of its own clients could have got them."""
    for begin in range(first, 28000, 200):
        with contextlib.ExitStack() as doors:
            try:
                for port in range(begin, begin + count):
                    doors.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            return list(range(begin, begin + count))
    raise AssertionError(f"no {count} ports in a row are free")


def run(words, text=None, check=True, timeout=60, env=None):
    """A command to its end. text: str or bytes for its input; the output has the same type."""
    done = subprocess.run([str(word) for word in words], input=text, capture_output=True, timeout=timeout, env=env,
                          text=not isinstance(text, bytes), check=False)
    if check and done.returncode:
        raise AssertionError(f"{words[0]} ended with {done.returncode}: {done.stderr or done.stdout}")
    return done


def stop(service):
    run([COMPOSE / "down", service], timeout=60)


def start(service):
    run([COMPOSE / "up", service], timeout=120)


# ---- Postgres ----

def postgres_password():
    return (DATA / "postgres" / "password").read_text(encoding="utf-8").strip()


def psql_words(database, user):
    return ["psql", "-XqAt", "--csv", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", POSTGRES_PORT, "-U", user,
            "-d", database]


def psql_environment():
    return dict(os.environ, PGPASSWORD=postgres_password(), PGCONNECT_TIMEOUT="5")


def sql(database, query, user="syncline"):
    """Rows as lists of text. Repeated for a while when the server is just starting."""
    for _ in range(50):
        done = run(psql_words(database, user), text=query, check=False, env=psql_environment())
        if done.returncode != 2:
            break
        time.sleep(0.2)
    if done.returncode:
        raise AssertionError(f"psql: {done.stderr}\n{query}")
    return list(csv.reader(io.StringIO(done.stdout, newline="")))


def open_psql(database):
    """A session that stays open: write statements to its stdin."""
    return subprocess.Popen(psql_words(database, "syncline"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, env=psql_environment())


class Session:
    """One psql for many questions: a tenth of the time of a new one for each. Made anew when the server has gone meanwhile."""

    END = "-- end of answer --"

    def __init__(self, database):
        self.database, self.psql = database, None

    def sql(self, query):
        """Rows as lists of text."""
        for _ in range(2):
            if not self.psql or self.psql.poll() is not None:
                self.close()
                self.psql = open_psql(self.database)
            try:
                self.psql.stdin.write(f"{query.rstrip().rstrip(';')};\n\\echo '{self.END}'\n")
                self.psql.stdin.flush()
                lines = self._lines()
            except BrokenPipeError:
                lines = None
            if lines is not None:
                return list(csv.reader(io.StringIO("".join(lines), newline="")))
        return sql(self.database, query)  # which tells what is wrong with it

    def _lines(self):
        """None when psql ended instead of answering: it stops at the first error."""
        lines = []
        for line in self.psql.stdout:
            if line == self.END + "\n":
                return lines
            lines.append(line)
        return None

    def close(self):
        if self.psql:
            self.psql.stdin.close()
            self.psql.wait(10)
            self.psql.stdout.close()
            self.psql = None


class Lock:
    """Holds a table so that nobody can write or read it, until the end of the with block or release()."""

    def __init__(self, database, table):
        self.session = open_psql(database)
        self.session.stdin.write(f"BEGIN;\nLOCK TABLE {table} IN ACCESS EXCLUSIVE MODE;\nSELECT 'locked';\n")
        self.session.stdin.flush()
        assert self.session.stdout.readline().strip() == "locked"

    def release(self):
        if not self.session.stdin.closed:
            self.session.stdin.close()
            self.session.wait(10)
            self.session.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.release()


def dump_postgres(database):
    words = ["pg_dump", "-h", "127.0.0.1", "-p", POSTGRES_PORT, "-U", "postgres", database]
    return run(words, text=b"", env=psql_environment()).stdout


def is_running(pid):
    """Not one that has ended and waits for its parent to ask how (Z); while other threads of it are still ending, its ports are
    not free."""
    process = pathlib.Path(f"/proc/{pid}")
    try:
        has_ended = (process / "stat").read_text(encoding="utf-8").rsplit(") ", 1)[1][0] == "Z"
        return not has_ended or len(os.listdir(process / "task")) > 1
    except (FileNotFoundError, ProcessLookupError):
        return False


def await_end(pid, seconds=60):
    """A service that is still ending counts as a running one, and would not be started again."""
    deadline = time.monotonic() + seconds
    while is_running(pid):
        assert time.monotonic() < deadline, f"process {pid} does not end"
        time.sleep(0.05)


def pid_of(service, folder=None):
    """folder: of another stack's data."""
    return int(((folder or DATA) / "run" / f"{service}.pid").read_text(encoding="utf-8").split()[0])


def kill_postgres():
    """As a crash of the machine would: no checkpoint, no word to clients. Then up again."""
    pid = pid_of("postgres")
    os.kill(pid, 3)  # QUIT is Postgres' "immediate"
    await_end(pid)
    start("postgres")


# ---- Kafka ----

def produce(topic, *values, key="key"):
    """Values, bytes or text without a newline in them, one message each."""
    produce_pairs(topic, [(key, value) for value in values])


def produce_pairs(topic, pairs):
    """(key, value) of each message, sent together."""
    lines = b"".join(key.encode() + b"|" + (value if isinstance(value, bytes) else value.encode()) + b"\n"
                     for key, value in pairs)
    run(["kcat", "-P", "-b", KAFKA, "-t", topic, "-K", "|"], text=lines)


def produce_bytes(topic, *values, key="key"):
    """Values of any bytes, one message each, in order."""
    for value in values:
        with tempfile.NamedTemporaryFile() as file:
            file.write(value)
            file.flush()
            run(["kcat", "-P", "-b", KAFKA, "-t", topic, "-k", key, "-X", "message.max.bytes=9437184", file.name], text=b"")


def consume(topic):
    """Everything that stands in a topic, as raw bytes one after the other."""
    return run(["kcat", "-C", "-b", KAFKA, "-t", topic, "-o", "beginning", "-e", "-q"], text=b"").stdout


def consume_pairs(topic, partition):
    """(key, value) of each message of a partition, as bytes; what has no value, as b""."""
    output = run(["kcat", "-C", "-b", KAFKA, "-t", topic, "-p", partition, "-o", "beginning", "-e", "-q", "-f", "%K %S\n%k%s"],
                 text=b"").stdout
    found, at = [], 0
    while at < len(output):
        end = output.index(b"\n", at) + 1
        key, value = (max(int(size), 0) for size in output[at:end].split())
        found.append((output[end:end + key], output[end + key:end + key + value]))
        at = end + key + value
    return found


def places(topic, key, containing=b""):
    """[partition, offset] of the messages with this key whose bytes hold a word, oldest first."""
    output = run(["kcat", "-C", "-b", KAFKA, "-t", topic, "-o", "beginning", "-e", "-q", "-f", f"%p %o %k %S %s{chr(1)}--{chr(1)}"],
                 text=b"").stdout
    found = []
    for record in output.split(b"\x01--\x01")[:-1]:
        partition, offset, name, _, value = record.split(b" ", 4)
        if name.decode() == key and containing in value:
            found.append([int(partition), int(offset)])
    return sorted(found)


def kafka_tool(name, *words, text=""):
    """One of Kafka's own command-line tools."""
    return run(["java", "-cp", SETTINGS["KAFKA_LIBS"] + "/*", f"org.apache.kafka.tools.{name}", "--bootstrap-server", KAFKA, *words],
               text=text, timeout=120)


def delete_records(topic, partition, before):
    """As retention would: what is below an offset is gone."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as wish:
        json.dump({"version": 1, "partitions": [{"topic": topic, "partition": partition, "offset": before}]}, wish)
        wish.flush()
        kafka_tool("DeleteRecordsCommand", "--offset-json-file", wish.name)


# ---- Redis ----

def redis(database, *words):
    return run(["redis-cli", "-p", REDIS_PORT, "-n", database, "--raw", *words]).stdout


def dump_redis(database):
    """All keys with their values as text."""
    readers = {"string": "GET", "hash": "HGETALL", "set": "SMEMBERS", "zset": "ZRANGE {} 0 -1", "list": "LRANGE {} 0 -1", "none": "EXISTS"}
    keys = redis(database, "--scan").split()
    types = redis_lines(database, [f"TYPE {key}" for key in keys]).split()
    reading = [readers[kind].format(key) if "{}" in readers[kind] else f"{readers[kind]} {key}" for kind, key in zip(types, keys)]
    return "\n".join(keys) + "\n" + redis_lines(database, reading)


def redis_lines(database, commands):
    """The answers to many commands, one after the other."""
    return run(["redis-cli", "-p", REDIS_PORT, "-n", database, "--raw"], text="\n".join(commands) + "\n").stdout
