"""What was done and what was seen in a run, as JSON lines: enough to tell the story without the logs."""
import collections
import json
import time


class Journal:
    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8")
        self.began = time.monotonic()
        self.faults = collections.Counter()

    @property
    def now(self):
        """Seconds since the run began."""
        return time.monotonic() - self.began

    def write(self, event, **what):
        self.file.write(json.dumps({"t": round(self.now, 3), "event": event, **what}, default=str) + "\n")
        self.file.flush()

    def fault(self, kind, **what):
        """A fault was injected: written, and counted by its kind."""
        self.faults[kind] += 1
        self.write("fault", kind=kind, **what)

    def close(self):
        self.file.close()
