"""What workers do to a broker that is away: they knock seldom, and not all at once."""
import collections
import contextlib
import os
import pathlib
import signal
import socketserver
import struct
import sys
import threading
import time

import stack
from case import Case

# common/kafka.c: the wait is doubled up to 5 s; librdkafka draws from three quarters of it to one and a half, 5 s at most.
LONGEST_S, SHORTEST_S = 5.0, 3.75
GROWING_S = 10.0  # 0.1, 0.2, 0.4 ... up to 3.2 s, each half as long again
WATCHED_S = 20.0


class Doorkeeper(socketserver.ThreadingTCPServer):
    """Listens in a broker's place, reads who it is, and closes."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 128

    def __init__(self, port):
        self.knocks = []  # (when, client's name)
        super().__init__(("127.0.0.1", port), self.knock)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def knock(self, connection, _address, _server):
        """A request's head: size, kind, version, number, name of the client."""
        at, head = time.monotonic(), b""
        connection.settimeout(2)
        with contextlib.suppress(OSError):
            head = connection.recv(512)
        name = head[14:14 + struct.unpack_from(">h", head, 12)[0]].decode() if len(head) > 14 else ""
        self.knocks.append((at, name))

    def close(self):
        self.shutdown()
        self.server_close()


class Reconnect(Case):
    WORKERS = ("fetcher", "parser", "writer") * 2

    def test_workers_whose_broker_is_away_knock_seldom_and_not_all_at_once(self):
        os.kill(stack.pid_of("kafka"), signal.SIGKILL)  # so that all lose it in the same moment
        door = self.wait_until(self.put_doorkeeper, "its port is free")
        try:
            time.sleep(GROWING_S)
            began = time.monotonic()
            time.sleep(WATCHED_S)
            knocks = [(at, name) for at, name in list(door.knocks) if began <= at < began + WATCHED_S]
            doors = {name: self.doors(worker) for name, worker in self.pipeline.workers.items()}
        finally:
            door.close()
            stack.start("kafka")
        by_name = collections.Counter(name for _, name in knocks)
        crowds = [self.busiest([at % round_s for at, _ in knocks], round_s) for round_s in (SHORTEST_S, LONGEST_S)]
        print(f"\n  {len(knocks)} knocks in {WATCHED_S:.0f} s, {dict(by_name)} at {doors} doors, "
              f"{crowds} in the same quarter of a second ", end="", file=sys.stderr)
        for name, count in doors.items():
            self.assertGreater(by_name[name], 0, f"{name} does not give up")
            self.assertLessEqual(by_name[name], count * (WATCHED_S / SHORTEST_S + 1), f"{name}, once in 3.75 s at each of {count} doors")
        self.assertLess(max(crowds), len(knocks) * 0.4, "they come at one moment")
        self.wait_until(self.all_ready, "all are back", 60)
        sync = self.pipeline.enqueue(self.account(self.simulator(100)))
        self.wait_until(lambda: self.all_ready() and self.state(sync) == "complete", "a sync, and all are there still", 90)

    @staticmethod
    def put_doorkeeper():
        with contextlib.suppress(OSError):
            return Doorkeeper(int(stack.KAFKA.split(":")[1]))
        return None

    @staticmethod
    def doors(worker):
        """Of each client librdkafka has a main thread, one for each connection that it keeps or would like to, and one that is like
        these and leads nowhere."""
        names = [path.read_text(encoding="utf-8") for path in pathlib.Path(f"/proc/{worker.child.pid}/task").glob("*/comm")]
        return sum(name.startswith("rdk:broker") for name in names) - sum(name.startswith("rdk:main") for name in names)

    @staticmethod
    def busiest(moments, round_s):
        """How many fall into one quarter of a second, wherever it begins."""
        moments += [at + round_s for at in moments]
        return max(sum(at <= other < at + 0.25 for other in moments) for at in moments)
