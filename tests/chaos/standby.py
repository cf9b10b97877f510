"""A copy of a run's own Postgres that can take its place."""
import pathlib
import signal
import subprocess

import proxy
import stack


class Standby:
    """Follows a private Postgres, over a network of its own (`link`)."""

    AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--")

    def __init__(self, primary, seed):
        self.folder, self.port = primary.folder / "postgres" / "standby", str(stack.free_port())
        self.bin = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.link = proxy.Proxy(int(primary.port), seed)
        stack.run([*self.AS_POSTGRES, self.bin / "pg_basebackup", "-D", self.folder, "-R", "-X", "stream", "-c", "fast",
                   "-h", "127.0.0.1", "-p", self.link.port, "-U", "postgres"], env=stack.psql_environment(), timeout=120)
        with open(primary.folder / "standby.log", "ab") as log:
            self.child = subprocess.Popen([*self.AS_POSTGRES, self.bin / "postgres", "-D", self.folder, "-c", f"port={self.port}"],
                                          cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def promote(self):
        words = ["psql", "-XqAt", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", "-c", "SELECT pg_promote(true, 60)"]
        assert stack.run(words, env=stack.psql_environment()).stdout.strip() == "t", "the standby does not take over"

    def close(self):
        self.child.send_signal(signal.SIGQUIT)
        self.child.wait(30)
        self.link.close()
