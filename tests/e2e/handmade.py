"""Messages made by hand, as a program of another age or another hand would write them: MessagePack without a library."""
import struct
import time
import uuid


def pack(value):
    """One value as MessagePack: dicts, lists, text, bytes, whole numbers, true, false and nil."""
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return struct.pack(">Bq", 0xd3, value)
    if isinstance(value, bytes):
        return struct.pack(">BI", 0xc6, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return struct.pack(">BI", 0xdb, len(text)) + text
    if isinstance(value, list):
        return struct.pack(">BI", 0xdd, len(value)) + b"".join(map(pack, value))
    return struct.pack(">BI", 0xdf, len(value)) + b"".join(pack(key) + pack(member) for key, member in value.items())


def now_ms():
    return int(time.time() * 1000)


def message(message_type, version=1, **fields):
    return pack({"type": message_type, "v": version, **fields})


class Walk:
    """A complete walk of tracks in one page, as a fetcher would publish it: add what the page holds, and send it all."""

    def __init__(self, account, category="tracks"):
        self.account, self.category = account, category
        self.sync = str(uuid.uuid4())
        self.epoch = now_ms()
        self.common = {"sync": self.sync, "account": account, "category": category, "epoch": self.epoch}

    def started(self, **more):
        return message("sync_mark", **{**self.common, "event": "started", "mode": "full", "categories": self.category,
                                       "at": now_ms(), **more})

    def page(self, body, count, version=1, **more):
        fields = {**self.common, "provider": "opensubsonic", "request": "search3", "walk": 0, "page": 0, "status": 200,
                  "count": count, "is_last": True, "fetched_at": now_ms(), "body": body, **more}
        return message("raw_page", version, **fields)

    def end(self, count, pages=1, **more):
        return message("walk_end", **{**self.common, "walk": 0, "pages": pages, "received": count, "fence_before": "!hand",
                                      "fence_after": "!hand", **more})
