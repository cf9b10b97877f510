"""Scenario 9: a bad network between workers and each thing they need."""
import proxy
import stack
from scenario import Scenario

TARGETS = ("kafka", "postgres", "redis", "provider")
TOXICS = (("latency", {"ms": 2000, "jitter": 1000}), ("latency", {"ms": 200, "jitter": 200}), ("slices", {}), ("reset", {"bytes": 300}),
          ("limit", {"bytes": 700}), ("black hole", {}), ("lost", {}), ("down", {}))
DEAD_S = 110  # until a connection that never answers again is given up: Kafka's client waits 60 s; a worker says that it is
              # stuck in a question to Postgres after 60 s


class BadNetwork(Scenario):
    number, title = 9, "a bad network to Kafka, Postgres, Redis or the server"
    ends = ("complete", "joined", "partial", "failed")  # a server that does not answer costs its category
    exit_codes = (1,)
    liveness = True
    felt = "kafka client|database away|Postgres: |Redis at |page failed|retry|given up|trying again"
    settle_s = DEAD_S
    gap_s = 30.0

    def __init__(self):
        super().__init__()
        self.proxies, self.bad, self.target = {}, 0, None

    def settings(self, trial):
        """Every fourth seed another thing, every combination once in 32 seeds."""
        self.target = TARGETS[trial.seed % len(TARGETS)]
        self.toxic = TOXICS[trial.seed // len(TARGETS) % len(TOXICS)]
        if self.toxic[0] == "lost" and self.target in ("kafka", "postgres"):
            self.gap_s = DEAD_S
        return {"request_timeout_ms": 2500, "connect_timeout_ms": 1500}

    def before(self, trial):
        ports = {"kafka": stack.KAFKA.split(":")[1], "postgres": stack.POSTGRES_PORT, "redis": stack.REDIS_PORT}
        if self.target in ports:
            self.proxies[self.target] = proxy.Proxy(int(ports[self.target]), trial.seed, rewrite=self.target == "kafka")

    def proxied(self, trial, url):
        """For an account: the address of the proxy instead of the server's."""
        if self.target != "provider":
            return url
        port = int(url.rsplit(":", 1)[1])
        self.proxies[port] = proxy.Proxy(port, trial.seed)
        return f"http://127.0.0.1:{self.proxies[port].port}"

    def worker_options(self, trial, kind):
        if self.target == "kafka":
            return {"kafka_brokers": f"127.0.0.1:{self.proxies['kafka'].port}"}
        if self.target == "postgres" and kind != "parser":
            return {"postgres": f"postgresql://syncline:{stack.postgres_password()}@127.0.0.1:{self.proxies['postgres'].port}"
                                f"/{trial.pipeline.name}"}
        if self.target == "redis" and kind != "parser":
            return {"redis": f"redis://127.0.0.1:{self.proxies['redis'].port}/{trial.pipeline.redis_database}"}
        return {}

    def plan(self, trial):
        begin = 0.0
        for _ in range(trial.random.randrange(1, 3)):
            begin += trial.random.uniform(0.3, 1.5)
            length = trial.random.uniform(0.5, 2.5)
            trial.at(begin, "bad", lambda: self.make(trial, *self.toxic))
            begin += length
            trial.at(begin, "good", lambda: self.make(trial, None, {}))

    def make(self, trial, kind, words):
        words = {name: trial.random.randrange(1, value * 4) if name == "bytes" else value for name, value in words.items()}
        for one in self.proxies.values():
            one.set(kind, **words)
        self.bad = trial.journal.now
        if kind:
            trial.journal.fault(f"{self.target}: {kind}", **words)
        else:
            trial.journal.write("network good")

    def unsettled(self, trial):
        return any(one.kind for one in self.proxies.values())

    def heal(self, trial):
        for one in self.proxies.values():
            one.set(None)

    def after(self, trial):
        for one in self.proxies.values():
            one.close()


ALL = (BadNetwork,)
