"""A service of a run's own, so that others do not suffer when it does. A run is a process of its own: from here on `stack` means it."""
import contextlib
import os
import pathlib
import shutil
import signal
import tempfile

import stack


class Disk:
    """A small file system of its own, which can be filled to the last byte."""

    def __init__(self, folder, size):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        stack.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder])

    def fill(self):
        stack.run(["dd", "if=/dev/zero", f"of={self.folder}/filler", "bs=4k"], check=False)

    def free(self):
        (self.folder / "filler").unlink()

    def close(self):
        stack.run(["umount", "-l", self.folder], check=False)


class Private:
    """Started by compose/up in a folder of its own. kind: redis, postgres or kafka."""

    def __init__(self, kind, slot, disk_size=None):
        """slot: of the run, so that services which begin at the same time never want the same port. disk_size: of the file system
        of its own that its data has, as mount knows sizes; None: the machine's."""
        self.kind, self.folder = kind, pathlib.Path(tempfile.mkdtemp(prefix=f"syncline-chaos-{kind}-", dir="/var/tmp"))
        self.folder.chmod(0o755)  # Postgres' user must get through
        self.disk = Disk(self.folder / kind, disk_size) if disk_size else None
        self.port, controller = map(str, stack.free_ports(2, 20006 + 10 * slot))
        self.environment = dict(os.environ, SYNCLINE_DATA=str(self.folder), **{f"{kind.upper()}_PORT": self.port},
                                KAFKA_CONTROLLER_PORT=controller, KAFKA_HEAP="256m",
                                POSTGRES_SHARED_BUFFERS="32MB", POSTGRES_MAX_WAL="256MB")
        self.start()
        self.meant()

    def meant(self):
        """`stack` means it from here on."""
        if self.kind == "kafka":
            stack.KAFKA = f"127.0.0.1:{self.port}"
            return
        setattr(stack, f"{self.kind.upper()}_PORT", self.port)
        if self.kind == "postgres":
            shutil.copy(stack.DATA / "syncline.key", self.folder)
            stack.DATA = self.folder
            stack.sql("postgres", f"CREATE ROLE syncline LOGIN PASSWORD '{stack.postgres_password()}'", user="postgres")

    def start(self):
        stack.run([stack.COMPOSE / "up", self.kind], env=self.environment, timeout=120)

    def stop(self):
        stack.run([stack.COMPOSE / "down", self.kind], env=self.environment, timeout=60)

    def kill(self, number=signal.SIGKILL):
        """Not asked: no word to anybody."""
        os.kill(stack.pid_of(self.kind, self.folder), number)

    def kill_if_alive(self):
        """And it is gone, with its port."""
        with contextlib.suppress(ProcessLookupError):
            self.kill(signal.SIGQUIT if self.kind == "postgres" else signal.SIGKILL)
        stack.await_end(stack.pid_of(self.kind, self.folder))

    def close(self):
        if self.disk:
            self.stop()
            self.disk.close()
        stack.run([stack.COMPOSE / "down", "--erase", "--yes"], env=self.environment, timeout=60, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
