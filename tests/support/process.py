"""A child process with a log: started, watched, and treated as badly as a test wants."""
import collections
import contextlib
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

import stack

# What a sanitizer, or an assertion of ours, says in a log.
SANITIZER = re.compile(r"AddressSanitizer|ThreadSanitizer|runtime error:|Assertion .* failed")


class Process:
    """Ends only when asked: `unexpected` tells whether it ended on its own."""

    ASAN_OPTIONS = "detect_leaks=0:quarantine_size_mb=4"

    def __init__(self, name, words, log, **environment):
        self.name, self.words, self.log = name, [str(word) for word in words], log
        self.more_environment = environment
        self.asked_to_end = False
        self.child = None
        self.start()

    def start(self):
        """Also after an end: the same command once more, into the same log."""
        self.asked_to_end = False
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(self.words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment())

    def environment(self):
        """Leaks are found by the unit tests; here they would be looked for at each of hundreds of ends. A small quarantine,
        so that memory means something."""
        return {**os.environ, "ASAN_OPTIONS": self.ASAN_OPTIONS, "UBSAN_OPTIONS": "print_stacktrace=1", **self.more_environment}

    @property
    def unexpected(self):
        return not self.asked_to_end and self.child.poll() is not None

    def signal(self, number):
        if self.child.poll() is None:
            self.child.send_signal(number)

    def stop(self):
        self.signal(signal.SIGSTOP)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def kill(self):
        """kill -9."""
        self.asked_to_end = True
        self.signal(signal.SIGKILL)
        self.child.wait(10)

    def end(self, seconds=20):
        """TERM; returns the exit status. Killed if it does not follow."""
        self.asked_to_end = True
        self.go_on()
        self.signal(signal.SIGTERM)
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def has_port(self, port):
        """Is one of its TCP connections made from this local port?"""
        sockets = {os.readlink(entry.path) for entry in os.scandir(f"/proc/{self.child.pid}/fd")}
        with open("/proc/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table][1:]
        return any(int(row[1].split(":")[1], 16) == port and f"socket:[{row[9]}]" in sockets for row in rows)

    def memory_kib(self):
        return self.status("VmRSS")

    def status(self, name):
        """A number of /proc/PID/status."""
        with open(f"/proc/{self.child.pid}/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(name + ":"))

    def holds(self):
        """What its descriptors are, and how many of each; connections by the port of the other side."""
        with open(f"/proc/{self.child.pid}/net/tcp", encoding="ascii") as table:
            ports = {row[9]: int(row[2].split(":")[1], 16) for row in map(str.split, list(table)[1:])}
        names = []
        for path in pathlib.Path(f"/proc/{self.child.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                name = os.readlink(path)
                inode = name[len("socket:["):-1] if name.startswith("socket:") else None
                names.append(f"to port {ports[inode]}" if inode in ports else name.split(":[")[0])
        return dict(collections.Counter(names))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))


class Worker(Process):
    """One of the three workers, with its health port."""

    def __init__(self, name, kind, settings, log, options, **environment):
        self.kind, self.port = kind, stack.free_port()
        words = [stack.BIN / f"syncline-{kind}", "--config", settings, "--health-port", self.port, "--worker-name", name]
        for key, value in options.items():
            words += ["--" + key.replace("_", "-"), value]
        super().__init__(name, words, log, **environment)

    def get(self, path):
        """(status, body); (0, "") when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=3) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def metric(self, name):
        """A figure of /metrics, without its prefix; None when nobody answers."""
        for line in self.get("/metrics")[1].splitlines():
            if line.startswith(f"syncline_{name} "):
                return float(line.split()[1])
        return None

    def await_ready(self, seconds=30):
        deadline = time.monotonic() + seconds
        while self.get("/readyz")[0] != 200:
            if self.child.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.child.returncode} instead of getting ready")
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name} is not ready after {seconds} s: {self.get('/readyz')}")
            time.sleep(0.05)
