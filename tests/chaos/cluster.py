"""Three Kafka brokers of a run's own: every topic is on all of them, and two must have a message before it counts."""
import base64
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import stack

START_S = 90
SESSION_MS = 3000  # after which a broker that is not heard of leads nothing any more

PROPERTIES = """process.roles=broker,controller
node.id={number}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
controller.quorum.voters={voters}
log.dirs={folder}/data
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
message.max.bytes=9437184
replica.fetch.max.bytes=9437184
default.replication.factor=3
min.insync.replicas=2
offsets.topic.replication.factor=3
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=3
transaction.state.log.num.partitions=8
share.coordinator.state.topic.replication.factor=3
broker.session.timeout.ms={session_ms}
"""


class Cluster:
    """Started at once; `stack` means it from here on. Brokers are told apart by number, from 1 on."""

    def __init__(self, slot):
        """slot: of the run, so that clusters that begin at the same time never want the same port."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="syncline-chaos-kafka-", dir="/var/tmp"))
        free = stack.free_ports(6, 20000 + 10 * slot)
        self.ports = dict(zip((1, 2, 3), free))
        self.children = {}
        controllers = dict(zip((1, 2, 3), free[3:]))
        voters = ",".join(f"{number}@127.0.0.1:{port}" for number, port in controllers.items())
        name = base64.urlsafe_b64encode(os.urandom(16)).decode()[:22].replace("-", "a").replace("_", "b")
        for number, port in self.ports.items():
            folder = self.folder / str(number)
            folder.mkdir()
            (folder / "server.properties").write_text(PROPERTIES.format(
                number=number, port=port, controller=controllers[number], voters=voters, folder=folder, session_ms=SESSION_MS), encoding="ascii")
            stack.run([*self.java(), "kafka.tools.StorageTool", "format", "-t", name, "-c", folder / "server.properties"], timeout=START_S)
        try:
            for number in self.ports:
                self.start(number, wait=False)
            for number in self.ports:
                self.await_open(number)
        except BaseException:
            self.close()
            raise
        stack.KAFKA = ",".join(f"127.0.0.1:{port}" for port in self.ports.values())

    @staticmethod
    def java():
        return ["java", "-Xms128m", "-Xmx256m", "-XX:+UseSerialGC", f"-Dlog4j2.configurationFile=file:{stack.COMPOSE}/kafka/log4j2.properties",
                "-cp", stack.SETTINGS["KAFKA_LIBS"] + "/*"]

    def start(self, number, wait=True):
        with open(self.folder / str(number) / "log", "ab") as log:
            words = [*self.java(), "kafka.Kafka", self.folder / str(number) / "server.properties"]
            self.children[number] = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if wait:
            self.await_open(number)

    def await_open(self, number):
        deadline = time.monotonic() + START_S
        while True:
            assert self.children[number].poll() is None, f"broker {number} ended: {self.folder}/{number}/log"
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", self.ports[number])) == 0:
                    return
            assert time.monotonic() < deadline, f"broker {number} does not answer after {START_S} s"
            time.sleep(0.1)

    def send(self, number, what):
        self.children[number].send_signal(what)

    def end(self, number, what=signal.SIGKILL):
        """Killed, or asked to leave in order (SIGTERM)."""
        self.send(number, what)
        self.children[number].wait(60)

    def close(self):
        for child in self.children.values():
            child.send_signal(signal.SIGCONT)
            child.kill()
            child.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)
