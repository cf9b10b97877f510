"""Scenarios 10 to 13: Redis forgets or refuses, Postgres dies, is full, locked, slow or says no."""
import contextlib
import os
import shutil
import signal
import time

import proxy
import stack
from private import Private
from scenario import Scenario


class RedisLost(Scenario):
    """Coordination is gone, old, full or read-only: that costs time, never a row."""

    number, title = 10, "Redis empty, old, full, read-only or without scripts"
    felt = r"Redis at |lease|requeued|put back"
    VARIANTS = ("flush", "empty", "old", "full", "read only", "no scripts", "hangs")

    def __init__(self):
        super().__init__()
        self.redis = None

    def settings(self, trial):
        self.redis = Private("redis", trial.slot)
        self.variant = self.VARIANTS[trial.seed % len(self.VARIANTS)]
        return {}

    def plan(self, trial):
        draw = trial.random
        begin = draw.uniform(0.8, 2.5)
        trial.at(begin, "break", lambda: self.strike(trial))
        trial.at(begin + draw.uniform(0.5, 2.5), "mend", lambda: self.mend(trial))
        if self.variant == "old":
            trial.at(begin / 2, "snapshot", self.snapshot)
        if self.variant in ("flush", "no scripts"):
            trial.at(begin + draw.uniform(0.2, 1.5), "break", lambda: self.strike(trial))

    def snapshot(self):
        stack.redis(0, "BGREWRITEAOF")
        for _ in range(5):
            with contextlib.suppress(shutil.Error):  # it renames and removes files while we copy
                shutil.copytree(self.redis.folder / "redis", self.redis.folder / "old", dirs_exist_ok=True,
                                ignore=shutil.ignore_patterns("temp-*"))
                return
            shutil.rmtree(self.redis.folder / "old")

    def strike(self, trial):
        trial.journal.fault(f"redis: {self.variant}")
        if self.variant == "flush":
            stack.redis(0, "FLUSHALL")
        elif self.variant == "no scripts":
            stack.redis(0, "SCRIPT", "FLUSH")
        elif self.variant in ("empty", "old"):
            self.redis.kill()
        elif self.variant == "full":
            stack.redis(0, "CONFIG", "SET", "maxmemory", "1")
        elif self.variant == "read only":
            stack.redis(0, "REPLICAOF", "127.0.0.1", "1")
        elif self.variant == "hangs":
            self.redis.kill(signal.SIGSTOP)

    def mend(self, trial):
        if self.variant in ("empty", "old"):
            shutil.rmtree(self.redis.folder / "redis")
            if self.variant == "old" and (self.redis.folder / "old").exists():
                shutil.copytree(self.redis.folder / "old", self.redis.folder / "redis")
            self.redis.start()
        elif self.variant == "full":
            stack.redis(0, "CONFIG", "SET", "maxmemory", "0")
        elif self.variant == "read only":
            stack.redis(0, "REPLICAOF", "NO", "ONE")
        elif self.variant == "hangs":
            self.redis.kill(signal.SIGCONT)
        trial.journal.write("mended")

    def gone(self, trial):
        self.redis.close()


class PostgresScenario(Scenario):
    """What scenarios of one private Postgres share: a fault that lasts from one moment of the load to another."""

    VARIANTS = ()
    gap_s = 30.0
    felt = "database away|a person is needed|batch refused|Postgres: "

    def __init__(self):
        super().__init__()
        self.postgres, self.proxies, self.held, self.down = None, [], [], False

    def settings(self, trial):
        self.variant = self.VARIANTS[trial.seed % len(self.VARIANTS)]
        self.postgres = Private("postgres", trial.slot)
        return {"batch_rows": trial.random.choice((200, 5000))}

    LONG = ()  # variants that last longer than a writer waits for a lock

    def plan(self, trial):
        begin, length = trial.random.uniform(0.5, 2.5), trial.random.uniform(0.5, 2.5)
        length = 12.0 if self.variant in self.LONG else length
        trial.at(begin, "break", lambda: self.act(trial, "begin"))
        trial.at(begin + length, "mend", lambda: self.act(trial, "end"))

    def act(self, trial, when):
        function = getattr(self, f"{when}_{self.variant.replace(' ', '_')}", None)
        if when == "begin":
            trial.journal.fault(f"postgres: {self.variant}")
        else:
            trial.journal.write("mended")
        self.down = when == "begin"
        if function:
            function(trial)

    def unsettled(self, trial):
        return self.down

    def admin(self, trial, query):
        stack.sql(trial.pipeline.name, query, user="postgres")

    def cut(self, trial):
        self.admin(trial, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                          "AND application_name LIKE 'syncline%'")

    def after(self, trial):
        for one in self.proxies:
            one.close()

    def gone(self, trial):
        self.postgres.close()


class PostgresDies(PostgresScenario):
    number, title = 11, "Postgres restarted, killed, connections cut, refused or read-only, COMMIT unanswered"
    VARIANTS = ("restart", "kill", "cut", "no connections", "commit lost", "commit unanswered", "read only")

    def worker_options(self, trial, kind):
        if not self.variant.startswith("commit") or kind != "writer":
            return {}
        one = proxy.Proxy(int(stack.POSTGRES_PORT), trial.seed)
        self.proxies.append(one)
        return {"postgres": f"postgresql://syncline:{stack.postgres_password()}@127.0.0.1:{one.port}/{trial.pipeline.name}"}

    def begin_restart(self, trial):
        self.postgres.stop()

    def end_restart(self, trial):
        self.postgres.start()

    def begin_kill(self, trial):
        self.postgres.kill(signal.SIGQUIT)
        trial.pipeline.session.close()

    end_kill = end_restart

    def begin_cut(self, trial):
        for _ in range(trial.random.randrange(2, 8)):
            self.cut(trial)
            trial.journal.fault("postgres: cut")
            time.sleep(trial.random.uniform(0.02, 0.2))

    def begin_no_connections(self, trial):
        self.admin(trial, f"ALTER DATABASE {trial.pipeline.name} CONNECTION LIMIT 0")
        self.cut(trial)

    def end_no_connections(self, trial):
        stack.sql("postgres", f"ALTER DATABASE {trial.pipeline.name} CONNECTION LIMIT -1", user="postgres")

    def begin_commit_lost(self, trial):
        for one in self.proxies:
            one.set("cut at", pattern=b"COMMIT\0", forward=False)

    def begin_commit_unanswered(self, trial):
        for one in self.proxies:
            one.set("cut at", pattern=b"COMMIT\0", forward=True)

    def end_commit_lost(self, trial):
        for one in self.proxies:
            one.set(None)

    end_commit_unanswered = end_commit_lost

    def begin_read_only(self, trial):
        self.admin(trial, f"ALTER DATABASE {trial.pipeline.name} SET default_transaction_read_only = on")
        self.cut(trial)

    def end_read_only(self, trial):
        stack.sql("postgres", f"ALTER DATABASE {trial.pipeline.name} RESET default_transaction_read_only", user="postgres")
        self.cut(trial)


class PostgresBusy(PostgresScenario):
    number, title = 12, "Postgres: deadlocks, serialization, locks that are held, slow writing"
    VARIANTS = ("deadlock", "lock held", "slow", "stopped", "serialization", "lock held long", "alter")
    LONG = ("lock held long", "alter")

    def workers(self, trial):
        return {"fetcher": 2, "parser": 1, "writer": 2}

    def session(self, trial, *statements):
        one = stack.open_psql(trial.pipeline.name)
        one.stdin.write(";\n".join(statements) + ";\n")
        one.stdin.flush()
        self.held.append(one)

    def begin_deadlock(self, trial):
        """Somebody takes the table first and the library's rows then; a writer does it the other way round."""
        for _ in range(3):
            self.session(trial, "BEGIN", "LOCK TABLE track, album, playlist IN EXCLUSIVE MODE", "SELECT pg_sleep(0.2)",
                         "SELECT count(*) FROM (SELECT 1 FROM library FOR UPDATE) l", "COMMIT")

    def begin_lock_held(self, trial):
        self.session(trial, "BEGIN", "LOCK TABLE track IN ACCESS EXCLUSIVE MODE")

    begin_lock_held_long = begin_lock_held

    def begin_alter(self, trial):
        """A person changes a table, and thinks about it."""
        self.session(trial, "BEGIN", "ALTER TABLE track ADD COLUMN chaos text")

    @staticmethod
    def hinder(trial, how):
        """how: a statement of PL/pgSQL before each page that is written."""
        trial.pipeline.sql(f"CREATE OR REPLACE FUNCTION hinder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {how}; RETURN NEW; END $$; "
                           "CREATE TRIGGER hinder BEFORE INSERT ON sync_page FOR EACH ROW EXECUTE FUNCTION hinder()")

    def begin_serialization(self, trial):
        self.hinder(trial, "IF random() < 0.3 THEN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END IF")

    def begin_slow(self, trial):
        self.hinder(trial, "PERFORM pg_sleep(0.03)")

    def end_slow(self, trial):
        trial.pipeline.sql("DROP TRIGGER hinder ON sync_page")

    end_serialization = end_slow

    def begin_stopped(self, trial):
        """As a disk that takes seconds: every process of the server stands still."""
        self.stopped = [int(row[0]) for row in trial.pipeline.sql("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'syncline%'")]
        for pid in self.stopped:
            self.signal(pid, signal.SIGSTOP)

    def end_stopped(self, trial):
        for pid in self.stopped:
            self.signal(pid, signal.SIGCONT)

    @staticmethod
    def signal(pid, number):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    def end_deadlock(self, trial):
        for one in self.held:
            one.stdin.close()
            one.wait(20)
            one.stdout.close()
        self.held = []

    end_lock_held = end_lock_held_long = end_alter = end_deadlock


class PostgresRefuses(PostgresScenario):
    number, title = 13, "Postgres full, without permission, with rows it does not take"
    VARIANTS = ("full", "permission", "constraint", "bad text")
    POINTS = ("writer: a batch is refused, not rolled back", "writer: one of a refused batch is written",
              "writer: rows are written, their rejects are not", "writer: some offsets of a batch are stored")

    def __init__(self):
        super().__init__()
        self.armed_once = False

    def settings(self, trial):
        settings = super().settings(trial)
        self.space = self.postgres.folder / "small"
        if self.variant == "full":
            self.space.mkdir()
            stack.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", self.space])
            shutil.chown(self.space, "postgres", "postgres")
        return settings

    def armed(self, trial, kind):
        """While rows are refused a writer also dies in the midst of telling them apart."""
        if kind != "writer" or self.armed_once or self.variant not in ("constraint", "bad text"):
            return None
        self.armed_once = True
        return f"{self.POINTS[trial.seed // len(self.VARIANTS) % len(self.POINTS)]}:{trial.random.randrange(1, 3)}"

    def plan(self, trial):
        if self.variant == "full":
            stack.sql("postgres", f"CREATE TABLESPACE small LOCATION '{self.space}'", user="postgres")
            self.admin(trial, "ALTER TABLE track SET TABLESPACE small")
            self.admin(trial, "ALTER TABLE sync_page SET TABLESPACE small")
            trial.journal.fault("postgres: full")
            self.down = True
            trial.at(4.5, "mend", lambda: self.act(trial, "end"))
            return
        super().plan(trial)

    def end_full(self, trial):
        self.rows_rejected(trial)
        stack.run(["mount", "-o", "remount,size=64m", self.space])

    def begin_permission(self, trial):
        self.admin(trial, "REVOKE INSERT, UPDATE ON track, artist FROM syncline")

    def end_permission(self, trial):
        self.rows_rejected(trial)
        self.admin(trial, "GRANT INSERT, UPDATE ON track, artist TO syncline")

    def rows_rejected(self, trial):
        """Systemic: nobody's row is at fault."""
        for row in trial.pipeline.sql("SELECT reason, count(*) FROM sync_reject WHERE reason = 'database_refused' GROUP BY 1"):
            trial.findings.append(f"C8 a {self.variant} database rejected rows: {row}")

    def begin_constraint(self, trial):
        trial.pipeline.sql("ALTER TABLE track ADD CONSTRAINT odd CHECK (length(title) % 9 <> 1) NOT VALID")

    def end_constraint(self, trial):
        trial.pipeline.sql("ALTER TABLE track DROP CONSTRAINT odd")

    def begin_bad_text(self, trial):
        trial.pipeline.sql("CREATE OR REPLACE FUNCTION bad() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                           "IF length(NEW.title) % 9 = 1 THEN RAISE EXCEPTION 'invalid byte' USING ERRCODE = '22021'; END IF; "
                           "RETURN NEW; END $$; CREATE TRIGGER bad BEFORE INSERT OR UPDATE ON track FOR EACH ROW EXECUTE FUNCTION bad()")

    def end_bad_text(self, trial):
        trial.pipeline.sql("DROP TRIGGER bad ON track")

    def gone(self, trial):
        if self.variant == "full":
            self.postgres.stop()
            stack.run(["umount", self.space], check=False)
        super().gone(trial)


ALL = (RedisLost, PostgresDies, PostgresBusy, PostgresRefuses)
