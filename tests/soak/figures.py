"""What an installation uses, sampled; and whether it stays what it is."""
import json
import os
import pathlib
import statistics

import stack

# Kind of figure: unit, what the trend may amount to over the time that is judged (share of the median, or in its unit), why.
ALLOWED = {
    "memory": ("KiB", 0.05, 4096, "free lists of two heaps, trimmed at 1 MiB each, and what librdkafka has queued just then"),
    "descriptors": ("", 0, 2, "a connection to a server or a broker more or less at the moment"),
    "threads": ("", 0, 0.9, "none comes or goes after the start"),
    "connections": ("", 0, 2, "the command's own, and those of workers that were just killed"),
    "keys": ("", 0.1, 10, "beyond two of each sync that ended, which live an hour: a lease, its cursors and a turn of those under way"),
    "key_bytes": ("bytes a key", 0.1, 0, "what is under way weighs less, the more keys of ended syncs there are"),
    "lag": ("messages", 0, 200, "what is on its way at the moment: a page or two of each account"),
    "members": ("", 0, 1, "a worker that was just killed is a member until its session ends"),
}
MEASURED = ("fetcher-1", "parser-1", "writer-1")


def usage_of(child):
    """(KiB resident, descriptors, threads) of a process."""
    status = pathlib.Path(f"/proc/{child.pid}/status").read_text(encoding="utf-8")
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return int(fields["VmRSS"].split()[0]), len(os.listdir(f"/proc/{child.pid}/fd")), int(fields["Threads"])


def sample(pipeline):
    """All figures now, {(kind, of what): number}."""
    figures = {}
    for name in MEASURED:
        usage = usage_of(pipeline.workers[name].child)
        for kind, value in zip(("memory", "descriptors", "threads"), usage):
            figures[kind, name] = value
    figures["connections", "Postgres"] = int(stack.sql(
        pipeline.name, f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{pipeline.name}'")[0][0])
    kept = len(stack.redis(pipeline.redis_database, "--scan", "--pattern", "*done:*").split())
    keys = int(stack.redis(pipeline.redis_database, "DBSIZE"))
    figures["keys", "Redis"] = keys - 2 * kept
    memory = stack.redis(pipeline.redis_database, "INFO", "memory")
    figures["key_bytes", "Redis"] = int(memory.split("used_memory_dataset:")[1].split()[0]) // max(1, keys)
    for group in json.loads(pipeline.cli("lag", "--json", check=False).stdout)["groups"]:
        name = group["group"].rsplit(".", 1)[-1]  # without the prefix
        figures["lag", name] = group["lag"]
        figures["members", name] = group["members"]
    return figures


def trend(times, values):
    """Theil and Sen: the median of the slopes between all pairs, which single peaks do not move."""
    slopes = [(values[j] - values[i]) / (times[j] - times[i]) for i in range(len(times)) for j in range(i + 1, len(times))]
    return statistics.median(slopes) if slopes else 0


class Verdict:
    """Of one figure: samples are [(seconds, number)], those of the warm-up left out."""

    def __init__(self, kind, name, samples):
        times, values = zip(*samples)
        self.kind, self.name, self.samples = kind, name, len(samples)
        self.unit, share, least, self.why = ALLOWED[kind]
        self.first, self.last, self.median = values[0], values[-1], statistics.median(values)
        self.low, self.high = min(values), max(values)
        self.grows = trend(times, values) * (times[-1] - times[0])
        self.allowed = max(share * self.median, least)
        self.flat = self.grows <= self.allowed
