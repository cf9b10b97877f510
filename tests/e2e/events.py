"""News on sync.events, as a program outside would read it: MessagePack maps of texts, numbers and booleans."""
import stack

TEXTS = {0xd9: 1, 0xda: 2, 0xdb: 4}
NUMBERS = {0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8}


def _value(data, at):
    """(value, where the next one begins)"""
    tag, at = data[at], at + 1
    if tag < 0x80:
        return tag, at
    if tag in (0xc0, 0xc2, 0xc3):
        return {0xc0: None, 0xc2: False, 0xc3: True}[tag], at
    if 0xa0 <= tag <= 0xbf or tag in TEXTS:
        size = TEXTS.get(tag, 0)
        length = int.from_bytes(data[at:at + size], "big") if size else tag & 0x1f
        at += size
        return data[at:at + length].decode(), at + length
    if tag in NUMBERS:
        return int.from_bytes(data[at:at + NUMBERS[tag]], "big"), at + NUMBERS[tag]
    raise AssertionError(f"not expected in an event: {tag:#x}")


def _message(data):
    assert data[0] & 0xf0 == 0x80 or data[0] == 0xde, data[:4]
    count, at = (data[0] & 0x0f, 1) if data[0] != 0xde else (int.from_bytes(data[1:3], "big"), 3)
    fields = {}
    for _ in range(count):
        name, at = _value(data, at)
        fields[name], at = _value(data, at)
    return fields


def events(pipeline):
    """All so far, oldest first within a sync."""
    raw = stack.run(["kcat", "-C", "-b", stack.KAFKA, "-t", pipeline.prefix + "sync.events", "-o", "beginning", "-e", "-q",
                     "-f", "%S %s"], text=b"").stdout
    found = []
    while raw:
        length, _, raw = raw.partition(b" ")
        found.append(_message(raw[:int(length)]))
        raw = raw[int(length):]
    return found
