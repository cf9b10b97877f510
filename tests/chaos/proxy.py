"""A TCP proxy that makes a network bad: slow, in single bytes, cut off, reset, or silent.

Kafka's broker tells its clients where it is; so in its answers the broker's address is replaced by the proxy's, which has as
many bytes (`rewrite`): no client leaves the proxy, the broker knows nothing of it, and each run can have its own.

One thread with an event loop; `set` and `close` may be called from any other.
"""
import asyncio
import contextlib
import random
import socket
import struct
import threading

CHUNK = 65536
KINDS = ("latency", "slices", "reset", "black hole", "lost", "limit", "down", "cut at", "cut request")


def address(port):
    """As Kafka's protocol writes it in its answers: the host's bytes, then the port."""
    return b"127.0.0.1" + struct.pack(">i", port)


def kinds_of_requests(data):
    """Of Kafka's protocol, in a client's bytes: each request is its size, then its kind. Where a piece begins one is taken to
    begin: clients write whole requests."""
    found, at = set(), 0
    while at + 6 <= len(data):
        size, kind = struct.unpack_from(">ih", data, at)
        if not 8 <= size < 1 << 26 or not 0 <= kind < 100:
            break
        found.add(kind)
        at += 4 + size
    return found


class Proxy:
    def __init__(self, target_port, seed, rewrite=False):
        self.target_port, self.random = target_port, random.Random(seed)
        self.kind, self.words = None, {}
        self.connections = {}  # task: (client's writer, server's writer)
        self.loop = asyncio.new_event_loop()
        self.healthy = None
        self.server = None
        started = threading.Event()
        self.thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self.thread.start()
        started.wait(10)
        self.rewrite = (address(target_port), address(self.port)) if rewrite else None

    def _serve(self, started):
        asyncio.set_event_loop(self.loop)
        self.healthy = asyncio.Event()
        self.healthy.set()
        self.server = self.loop.run_until_complete(asyncio.start_server(self._connected, "127.0.0.1", 0, limit=CHUNK))
        self.port = self.server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()

    # ---- what is done to it ----

    def set(self, kind, **words):
        """None: good. Otherwise one of KINDS:
        latency ms jitter: each piece is that late, plus or minus; slices: pieces of 1 to 3 bytes; reset bytes: an answer ends
        with RST after so many; limit bytes: with FIN; black hole: nothing passes until it is over, then all does; lost:
        the same, but those connections stay dead for ever, as behind a router that forgot them; down: refused and cut;
        cut at pattern forward: the connection is reset at these bytes of a client, before or (forward) after the server has
        them; cut request key forward count: the same at so many of Kafka's requests of that kind."""
        done = threading.Event()

        def change():
            dead = self.kind == "lost"
            self.kind, self.words = kind, words
            if kind in ("black hole", "lost"):
                self.healthy.clear()
            elif not dead:
                self.healthy.set()
            else:  # whoever waits goes on waiting
                self.healthy = asyncio.Event()
                self.healthy.set()
            if kind == "down":
                for pair in self.connections.values():
                    self._reset(pair)
            done.set()
        self.loop.call_soon_threadsafe(change)
        done.wait(10)

    def close(self):
        def end():
            for task in list(self.connections):
                task.cancel()
            self.server.close()
            self.loop.call_later(0.1, self.loop.stop)
        self.loop.call_soon_threadsafe(end)
        self.thread.join(5)

    # ---- one connection ----

    async def _connected(self, reader, writer):
        if self.kind == "down":
            self._reset((writer,))
            return
        try:
            upstream = await asyncio.open_connection("127.0.0.1", self.target_port, limit=CHUNK)
        except OSError:
            self._reset((writer,))
            return
        task = asyncio.current_task()
        self.connections[task] = (writer, upstream[1])
        for end in (writer, upstream[1]):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await asyncio.gather(self._pump(reader, upstream[1], False, (writer, upstream[1])),
                                 self._pump(upstream[0], writer, True, (writer, upstream[1])))
        except (OSError, asyncio.CancelledError, EOFError):
            pass
        finally:
            del self.connections[task]
            for end in (writer, upstream[1]):
                with contextlib.suppress(OSError, RuntimeError):
                    end.close()

    @staticmethod
    def _reset(writers):
        for writer in writers:
            with contextlib.suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _pump(self, reader, writer, answers, pair):
        passed, kept = 0, b""
        while data := await reader.read(CHUNK):
            await self.healthy.wait()
            if answers and self.rewrite:
                data, kept = self._rewritten(kept + data)
            if not answers and self.kind in ("cut at", "cut request") and self._is_cut(data):
                if self.words["forward"]:
                    writer.write(data)
                    await writer.drain()
                    await asyncio.sleep(0.05)  # so that the server has done it
                self._reset(pair)
                raise EOFError
            passed = await self._pass(data, writer, answers, passed)
        if kept:
            writer.write(kept)
        await self.healthy.wait()
        if writer.can_write_eof():
            writer.write_eof()

    def _is_cut(self, data):
        if self.kind == "cut at":
            return self.words["pattern"] in data
        if self.words["count"] > 0 and self.words["key"] in kinds_of_requests(data):
            self.words["count"] -= 1
            return True
        return False

    def _rewritten(self, data):
        """With the broker's address replaced, and the end that may be the beginning of one kept back."""
        old, new = self.rewrite
        data = data.replace(old, new)
        for size in range(min(len(old) - 1, len(data)), 0, -1):
            if old.startswith(data[-size:]):
                return data[:-size], data[-size:]
        return data, b""

    async def _pass(self, data, writer, answers, passed):
        kind, words = self.kind, self.words
        if kind == "latency":
            jitter = words.get("jitter", 0)
            await asyncio.sleep(max(0, words["ms"] + self.random.uniform(-jitter, jitter)) / 1000)
        if kind in ("reset", "limit") and answers and passed + len(data) > words["bytes"]:
            writer.write(data[:max(0, words["bytes"] - passed)])
            with contextlib.suppress(OSError):
                await writer.drain()
            if kind == "reset":
                self._reset((writer,))
            raise EOFError
        if kind == "slices":
            await self._pass_slices(data, writer)
        else:
            writer.write(data)
            await writer.drain()
        return passed + len(data)

    async def _pass_slices(self, data, writer):
        at = 0
        while at < len(data):
            if self.kind != "slices":
                writer.write(data[at:])
                break
            size = self.random.randrange(1, 4)
            writer.write(data[at:at + size])
            await writer.drain()
            await asyncio.sleep(0)
            at += size
        await writer.drain()
