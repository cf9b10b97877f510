"""What stands in Syncline's topics, message by message: MessagePack read as far as tests need it."""
import collections
import json
import struct

import stack

Message = collections.namedtuple("Message", "partition offset time_ms key value")

FIXED = {0xc0: None, 0xc2: False, 0xc3: True}
NUMBERS = {0xca: "f", 0xcb: "d", 0xcc: "B", 0xcd: "H", 0xce: "I", 0xcf: "Q", 0xd0: "b", 0xd1: "h", 0xd2: "i", 0xd3: "q"}
SIZES = {0xc4: ("B", "bin"), 0xc5: ("H", "bin"), 0xc6: ("I", "bin"), 0xd9: ("B", "str"), 0xda: ("H", "str"), 0xdb: ("I", "str"),
         0xdc: ("H", "array"), 0xdd: ("I", "array"), 0xde: ("H", "map"), 0xdf: ("I", "map")}


def unpack(data):
    """The one value that the bytes are. ValueError when they are not one."""
    try:
        value, end = unpack_at(data, 0)
    except (struct.error, IndexError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if end != len(data):
        raise ValueError("bytes behind the value")
    return value


def unpack_at(data, at):
    first = data[at]
    at += 1
    if first < 0x80 or first >= 0xe0:
        return (first if first < 0x80 else first - 256), at
    if first in FIXED:
        return FIXED[first], at
    if first in NUMBERS:
        form = ">" + NUMBERS[first]
        return struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)
    if first in SIZES:
        form, kind = SIZES[first]
        size = struct.unpack_from(">" + form, data, at)[0]
        at += struct.calcsize(">" + form)
    elif first < 0xc0:
        kind, size = ("map", first & 15) if first < 0x90 else ("array", first & 15) if first < 0xa0 else ("str", first & 31)
    else:
        raise ValueError(f"type {first:#x} is not used here")
    if kind in ("bin", "str"):
        if at + size > len(data):
            raise ValueError("cut off")
        raw = data[at:at + size]
        return (raw.decode() if kind == "str" else raw), at + size
    values = []
    for _ in range(size * (2 if kind == "map" else 1)):
        value, at = unpack_at(data, at)
        values.append(value)
    return (dict(zip(values[::2], values[1::2])) if kind == "map" else values), at


def fetch(topic):
    """All that stands in a topic: what `read` understands, and what may be searched."""
    words = ["kcat", "-C", "-b", stack.KAFKA, "-t", topic, "-o", "beginning", "-e", "-q", "-X", "fetch.wait.max.ms=20",
             "-f", "%p %o %T %K %S\n%k%s"]
    return stack.run(words, text=b"").stdout


def read(data):
    """All messages of a topic, each partition's in order. value: a dict, or bytes if they are neither MessagePack nor JSON."""
    found, at = [], 0
    while at < len(data):
        end = data.index(b"\n", at)
        partition, offset, time_ms, key_size, size = (int(word) for word in data[at:end].split())
        key_size = max(key_size, 0)
        key, value = data[end + 1:end + 1 + key_size], data[end + 1 + key_size:end + 1 + key_size + max(size, 0)]
        at = end + 1 + key_size + max(size, 0)
        found.append(Message(partition, offset, time_ms, key.decode(errors="replace"), understood(value)))
    return sorted(found, key=lambda message: (message.partition, message.offset))


def understood(value):
    for reader in (unpack, json.loads):
        try:
            result = reader(value)
        except (ValueError, RecursionError):
            continue
        if isinstance(result, dict):
            return result
    return value
