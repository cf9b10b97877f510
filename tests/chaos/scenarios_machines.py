"""Scenarios 25 and 26: a disk is full to its last byte, and a standby of Postgres takes over."""
import signal
import time

import proxy
import stack
from private import Private
from scenario import Scenario
from standby import Standby


class DiskFull(Scenario):
    """Not an error for a row, as in 13: the server itself can write nothing any more, gives up, and is started when there is room."""

    number, title = 25, "the disk of Postgres, of its log, of Kafka is full"
    VARIANTS = ("Postgres' disk", "Postgres' log", "Kafka's disk")
    gap_s = 40.0
    settle_s = 90.0
    exit_codes = (1,)
    felt = "database away|Postgres: |a person is needed|kafka client|Kafka"

    def __init__(self):
        super().__init__()
        self.service, self.down = None, False

    def settings(self, trial):
        self.variant = self.VARIANTS[trial.seed % len(self.VARIANTS)]
        self.service = Private("kafka", trial.slot, "400m") if self.variant == "Kafka's disk" else Private("postgres", trial.slot, "300m")
        return {"batch_rows": trial.random.choice((200, 5000))}

    def plan(self, trial):
        begin, length = trial.random.uniform(0.5, 2.5), trial.random.uniform(1.0, 6.0)
        trial.at(begin, "fill", lambda: self.fill(trial))
        trial.at(begin + length, "free", lambda: self.free(trial))

    def fill(self, trial):
        self.service.disk.fill()
        trial.journal.fault(f"full: {self.variant}")
        self.down = True
        if self.variant == "Postgres' log":
            self.panic(trial)

    @staticmethod
    def panic(trial):
        """A new piece of its log is needed at once, and Postgres does not go on without it."""
        try:
            for _ in range(20):
                stack.run(stack.psql_words(trial.pipeline.name, "postgres"), env=stack.psql_environment(),
                          text="SELECT pg_logical_emit_message(true, 'chaos', 'x'); SELECT pg_switch_wal()")
        except AssertionError as error:
            trial.journal.write("gave up", why=str(error)[:200])

    def free(self, trial):
        """There is room again, and whatever has become of the server, it is started anew."""
        self.service.disk.free()
        self.service.kill_if_alive()
        self.service.start()
        self.down = False
        trial.journal.write("mended")

    def unsettled(self, trial):
        return self.down

    def deaf(self, trial):
        return self.down and self.service.kind == "kafka"

    def check(self, trial, topics):
        for row in trial.pipeline.sql("SELECT count(*) FROM sync_reject WHERE reason = 'database_refused' HAVING count(*) > 0"):
            yield f"C8 a full disk rejected rows: {row}"

    def gone(self, trial):
        self.service.close()


class TakenOver(Scenario):
    """Everybody knows Postgres by one address, behind which another server answers from one moment on. A standby that was waited
    for (synchronous) has all that was committed; another lacks the last of it, though Kafka's offsets are behind it."""

    number, title = 26, "a standby of Postgres takes over, with all commits or without the last"
    VARIANTS = ("has all", "is behind")
    LEFT = ("running", "throttled")  # a sync whose end is lost: its fetcher has sent all, so it is looked at again after ten minutes
    gap_s = 40.0
    settle_s = 60.0
    felt = "database away|Postgres: "

    def __init__(self):
        super().__init__()
        self.primary = self.standby = self.door = None
        self.down = False

    def settings(self, trial):
        self.variant = self.VARIANTS[trial.seed % len(self.VARIANTS)]
        self.primary = Private("postgres", trial.slot)
        self.standby = Standby(self.primary, trial.seed)
        if self.variant == "has all":
            stack.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'; SELECT pg_reload_conf()", user="postgres")
        else:
            self.cuts_topics = self.loses_commits = True  # a sync may be gone with its row
            self.ends = (*self.ends, *self.LEFT, "partial", "failed")
        self.door = proxy.Proxy(int(self.primary.port), trial.seed)
        stack.POSTGRES_PORT = str(self.door.port)
        return {"batch_rows": trial.random.choice((200, 5000))}

    def plan(self, trial):
        at = trial.random.uniform(1.0, 3.5)
        if self.variant == "is behind":
            trial.at(at, "lag", lambda: self.standby.link.set("lost"))
            at += trial.random.uniform(0.2, 1.2)
        trial.at(at, "take over", lambda: self.take_over(trial))

    def take_over(self, trial):
        trial.journal.fault(f"postgres: a standby that {self.variant} takes over")
        self.down = True
        self.primary.kill(signal.SIGQUIT)
        self.standby.link.set("down")
        self.door.set("down")
        time.sleep(trial.random.uniform(0.0, 2.0))
        self.standby.promote()
        self.door.target_port = int(self.standby.port)
        self.door.set(None)
        self.down = False
        trial.journal.write("mended")

    def settled(self, trial):
        """From here on every sync must end again."""
        states = dict(trial.pipeline.sql("SELECT sync_id, state FROM sync"))
        for sync in [sync for sync in trial.accepted if states[sync] in self.LEFT]:
            trial.journal.write("left", sync=sync, account=trial.accepted.pop(sync), state=states[sync])
        self.ends = tuple(end for end in self.ends if end not in self.LEFT)
        return []

    def unsettled(self, trial):
        return self.down

    def gone(self, trial):
        self.standby.close()
        self.door.close()
        self.primary.close()


ALL = (DiskFull, TakenOver)
