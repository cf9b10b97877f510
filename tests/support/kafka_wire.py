"""What a test asks a Kafka broker that kcat cannot: offsets of groups and of partitions, topics made larger, cut off or taken
away. The wire protocol itself, in versions without tagged fields; one broker, one question at a time."""
import contextlib
import socket
import struct

import stack

PRODUCE_TIMEOUT_MS = 10000
LATEST, EARLIEST = -1, -2


class Refused(Exception):
    """The broker answered with an error code."""


class Writer:
    def __init__(self):
        self.bytes = b""

    def add(self, form, *values):
        self.bytes += struct.pack(">" + form, *values)
        return self

    def text(self, value):
        self.bytes += struct.pack(">h", len(value)) + value.encode()
        return self

    def array(self, values, write):
        self.add("i", len(values))
        for value in values:
            write(value)
        return self


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        size = struct.calcsize(">" + form)
        value = struct.unpack_from(">" + form, self.data, self.at)[0]
        self.at += size
        return value

    def text(self):
        size = self.take("h")
        self.at += max(size, 0)
        return self.data[self.at - size:self.at].decode() if size >= 0 else ""

    def array(self, read):
        return [read() for _ in range(self.take("i"))]


def ask(key, version, body, seconds=5):
    """One question on a connection of its own. OSError when nobody answers in time."""
    head = Writer().add("hhi", key, version, 1).text("tests")
    message = head.bytes + body.bytes
    host, port = stack.KAFKA.split(":")
    with contextlib.closing(socket.create_connection((host, int(port)), timeout=seconds)) as connection:
        connection.sendall(struct.pack(">i", len(message)) + message)
        with connection.makefile("rb") as answer:
            size = answer.read(4)
            if len(size) < 4:
                raise OSError("Kafka closed the connection")
            data = answer.read(struct.unpack(">i", size)[0])
    reader = Reader(data)
    reader.take("i")
    return reader


def check(code, what):
    if code:
        raise Refused(f"{what}: Kafka's error {code}")


def partitions(topic):
    """How many a topic has, 0 if there is none of that name."""
    body = Writer()
    body.array([topic], body.text).add("b", 0)
    reader = ask(3, 4, body)
    reader.take("i")
    reader.array(lambda: (reader.take("i"), reader.text(), reader.take("i"), reader.text()))
    reader.text()
    reader.take("i")

    def one():
        reader.take("h")
        reader.text()
        reader.take("b")
        return len(reader.array(lambda: (reader.take("h"), reader.take("i"), reader.take("i"),
                                         reader.array(lambda: reader.take("i")), reader.array(lambda: reader.take("i")))))
    return sum(reader.array(one))


def offsets(topic, count, when=LATEST):
    """{partition: offset} of the end of each partition, or of its beginning."""
    body = Writer().add("i", -1)
    body.array([topic], lambda name: body.text(name).array(range(count), lambda number: body.add("iq", number, when)))
    reader = ask(2, 1, body)

    def one():
        number, code = reader.take("i"), reader.take("h")
        reader.take("q")
        check(code, f"offsets of {topic} [{number}]")
        return number, reader.take("q")
    return dict(pair for pairs in reader.array(lambda: (reader.text(), reader.array(one))[1]) for pair in pairs)


def committed(group):
    """{(topic, partition): offset} of all that a group has committed."""
    body = Writer().text(group).add("i", -1)
    reader = ask(9, 2, body)
    found = {}

    def one_topic():
        topic = reader.text()

        def one():
            number, offset = reader.take("i"), reader.take("q")
            reader.text()
            check(reader.take("h"), f"commits of {group}")
            if offset >= 0:
                found[topic, number] = offset
        reader.array(one)
    reader.array(one_topic)
    check(reader.take("h"), f"commits of {group}")
    return found


def add_partitions(topic, count):
    """The topic has `count` of them from now on."""
    body = Writer()
    body.array([topic], lambda name: body.text(name).add("ii", count, -1)).add("ib", PRODUCE_TIMEOUT_MS, 0)
    reader = ask(37, 0, body, 15)
    reader.take("i")
    reader.array(lambda: (reader.text(), check(reader.take("h"), f"partitions of {topic}"), reader.text()))


def cut_off(topic, before):
    """What stands below these offsets ({partition: offset}) is gone, as after its retention."""
    body = Writer()
    body.array([topic], lambda name: body.text(name).array(list(before.items()), lambda pair: body.add("iq", *pair)))
    body.add("i", PRODUCE_TIMEOUT_MS)
    reader = ask(21, 0, body, 15)
    reader.take("i")

    def one():
        number = reader.take("i")
        reader.take("q")
        check(reader.take("h"), f"cutting {topic} [{number}]")
    reader.array(lambda: (reader.text(), reader.array(one)))


def delete_topics(*topics):
    body = Writer()
    body.array(topics, body.text).add("i", PRODUCE_TIMEOUT_MS)
    reader = ask(20, 1, body, 15)
    reader.take("i")
    return dict(reader.array(lambda: (reader.text(), reader.take("h"))))


def delete_groups(*groups):
    body = Writer()
    body.array(groups, body.text)
    reader = ask(42, 0, body, 15)
    reader.take("i")
    return dict(reader.array(lambda: (reader.text(), reader.take("h"))))
