"""What a test asks a Kafka broker that kcat cannot: offsets of groups and of partitions, topics made larger, cut off or taken
away. The wire protocol itself, in versions without tagged fields, one question at a time; where there are several brokers
(stack.KAFKA, by commas), to the one that leads the partition or coordinates the group."""
import collections
import contextlib
import socket
import struct

import stack

PRODUCE_TIMEOUT_MS = 10000
GROUPS_TOPIC, GROUPS_PARTITIONS = "__consumer_offsets", 50
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


def ask(key, version, body, seconds=5, broker=None):
    """One question on a connection of its own, to that broker or the first that answers. OSError: nobody in time."""
    if not broker and "," in stack.KAFKA:
        for one in stack.KAFKA.split(","):
            with contextlib.suppress(OSError):
                return ask(key, version, body, seconds, one)
        raise OSError("no broker answers")
    head = Writer().add("hhi", key, version, 1).text("tests")
    message = head.bytes + body.bytes
    host, port = (broker or stack.KAFKA).split(":")
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


def metadata(topic):
    """({id: "host:port"} of the brokers, {partition: id of its leader}); no partitions where there is no such topic."""
    body = Writer()
    body.array([topic], body.text).add("b", 0)
    reader = ask(3, 4, body)
    reader.take("i")

    def broker():
        number, host, port = reader.take("i"), reader.text(), reader.take("i")
        reader.text()
        return number, f"{host}:{port}"
    brokers = dict(reader.array(broker))
    reader.text()
    reader.take("i")

    def partition():
        reader.take("h")
        number, leader = reader.take("i"), reader.take("i")
        reader.array(lambda: reader.take("i"))
        reader.array(lambda: reader.take("i"))
        return number, leader

    def one():
        reader.take("h")
        reader.text()
        reader.take("b")
        return reader.array(partition)
    return brokers, dict(pair for pairs in reader.array(one) for pair in pairs)


def partitions(topic):
    """How many a topic has, 0 if there is none of that name."""
    return len(metadata(topic)[1])


def by_leader(topic, numbers):
    """{broker: partitions that it leads}, as ask wants brokers."""
    if "," not in stack.KAFKA:
        return {None: list(numbers)}
    brokers, leaders = metadata(topic)
    found = collections.defaultdict(list)
    for number in numbers:
        if leaders.get(number, -1) not in brokers:
            raise Refused(f"{topic} [{number}] has no leader now")
        found[brokers[leaders[number]]].append(number)
    return found


def coordinator(group):
    """The broker that keeps a group, as ask wants it."""
    if "," not in stack.KAFKA:
        return None
    reader = ask(10, 0, Writer().text(group))
    check(reader.take("h"), f"the coordinator of {group}")
    reader.take("i")
    return f"{reader.text()}:{reader.take('i')}"


def offsets(topic, count, when=LATEST):
    """{partition: offset} of the end of each partition, or of its beginning."""
    found = {}
    for broker, numbers in by_leader(topic, range(count)).items():
        found.update(offsets_of(topic, numbers, when, broker))
    return found


def offsets_of(topic, numbers, when, broker):
    body = Writer().add("i", -1)
    body.array([topic], lambda name: body.text(name).array(numbers, lambda number: body.add("iq", number, when)))
    reader = ask(2, 1, body, broker=broker)

    def one():
        number, code = reader.take("i"), reader.take("h")
        reader.take("q")
        check(code, f"offsets of {topic} [{number}]")
        return number, reader.take("q")
    return dict(pair for pairs in reader.array(lambda: (reader.text(), reader.array(one))[1]) for pair in pairs)


def committed(group):
    """{(topic, partition): offset} of all that a group has committed."""
    body = Writer().text(group).add("i", -1)
    reader = ask(9, 2, body, broker=coordinator(group))
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


def skip(group, topic):
    """The group, which has no members, goes on behind what stands in the topic now, as a person can make it do."""
    ends = offsets(topic, partitions(topic))
    body = Writer().text(group).add("i", -1).text("").add("q", -1)
    body.array([topic], lambda name: body.text(name).array(ends, lambda number: body.add("iq", number, ends[number]).text("")))
    reader = ask(8, 2, body, broker=coordinator(group))
    reader.array(lambda: (reader.text(), reader.array(lambda: (reader.take("i"), check(reader.take("h"), f"commits of {group}")))))


def members(group):
    """The ids that Kafka has given to the members of a group: whoever leaves and comes back gets another one."""
    body = Writer()
    body.array([group], body.text)
    reader = ask(15, 0, body, broker=coordinator(group))

    def member():
        name = reader.text()
        reader.text()
        reader.text()
        for _ in range(2):  # what it subscribes to, what it has
            reader.at += max(reader.take("i"), 0)
        return name

    def one():
        check(reader.take("h"), f"the members of {group}")
        for _ in range(4):  # name, state, protocol
            reader.text()
        return reader.array(member)
    return sorted(name for names in reader.array(one) for name in names)


def generation(group):
    """How often a group has been shared out anew since it began, as Kafka wrote it down for itself; 0: never."""
    hashed = 0
    for letter in group:
        hashed = (31 * hashed + ord(letter)) & 0xffffffff
    hashed = min(hashed, (1 << 32) - hashed)  # Java's, as it is without its sign
    newest = 0
    for key, value in stack.consume_pairs(GROUPS_TOPIC, hashed % GROUPS_PARTITIONS):
        key, value = Reader(key), Reader(value)
        if key.take("h") != 2 or key.text() != group or not value.data:  # others are commits; without a value: forgotten
            continue
        assert value.take("h") <= 3, "a form of Kafka's that is not known here"
        value.text()
        newest = max(newest, value.take("i"))
    return newest


def create_topics(partitions):
    """{topic: how many partitions it gets}."""
    body = Writer()
    body.array(partitions, lambda name: body.text(name).add("ihii", partitions[name], -1, 0, 0)).add("ib", PRODUCE_TIMEOUT_MS, 0)
    reader = ask(19, 2, body, 15)
    reader.take("i")
    reader.array(lambda: (name := reader.text(), check(reader.take("h"), f"topic {name}"), reader.text()))


def add_partitions(topic, count):
    """The topic has `count` of them from now on."""
    body = Writer()
    body.array([topic], lambda name: body.text(name).add("ii", count, -1)).add("ib", PRODUCE_TIMEOUT_MS, 0)
    reader = ask(37, 0, body, 15)
    reader.take("i")
    reader.array(lambda: (reader.text(), check(reader.take("h"), f"partitions of {topic}"), reader.text()))


def cut_off(topic, before):
    """What stands below these offsets ({partition: offset}) is gone, as after its retention."""
    for broker, numbers in by_leader(topic, before).items():
        body = Writer()
        body.array([topic], lambda name, body=body, numbers=numbers: body.text(name).array(
            numbers, lambda number: body.add("iq", number, before[number])))
        body.add("i", PRODUCE_TIMEOUT_MS)
        read_cut(ask(21, 0, body, 15, broker), topic)


def read_cut(reader, topic):
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
    """{group: Kafka's code}."""
    found = {}
    for group in groups:
        body = Writer()
        body.array([group], body.text)
        reader = ask(42, 0, body, 15, coordinator(group))
        reader.take("i")
        found.update(reader.array(lambda reader=reader: (reader.text(), reader.take("h"))))
    return found
