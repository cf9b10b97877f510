"""A service of a run's own, so that others do not suffer when it does. A run is a process of its own: from here on `stack` means it."""
import os
import pathlib
import shutil
import signal
import tempfile

import stack


class Private:
    """Started by compose/up in a folder of its own. kind: redis or postgres."""

    def __init__(self, kind):
        self.kind, self.folder = kind, pathlib.Path(tempfile.mkdtemp(prefix=f"syncline-chaos-{kind}-", dir="/var/tmp"))
        self.folder.chmod(0o755)  # Postgres' user must get through
        self.port = str(stack.free_port())
        self.environment = dict(os.environ, SYNCLINE_DATA=str(self.folder), **{f"{kind.upper()}_PORT": self.port},
                                POSTGRES_SHARED_BUFFERS="32MB", POSTGRES_MAX_WAL="256MB")
        self.start()
        setattr(stack, f"{kind.upper()}_PORT", self.port)
        if kind == "postgres":
            shutil.copy(stack.DATA / "syncline.key", self.folder)
            stack.DATA = self.folder
            stack.sql("postgres", f"CREATE ROLE syncline LOGIN PASSWORD '{stack.postgres_password()}'", user="postgres")

    def start(self):
        stack.run([stack.COMPOSE / "up", self.kind], env=self.environment, timeout=120)

    def stop(self):
        stack.run([stack.COMPOSE / "down", self.kind], env=self.environment, timeout=60)

    def kill(self, number=signal.SIGKILL):
        """Not asked: no word to anybody."""
        pid = int((self.folder / "run" / f"{self.kind}.pid").read_text(encoding="utf-8").split()[0])
        os.kill(pid, number)

    def close(self):
        stack.run([stack.COMPOSE / "down", "--erase", "--yes"], env=self.environment, timeout=60, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
