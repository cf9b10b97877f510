"""Secrets that are recognised wherever they get to: every place is searched for them, as they are, in hexadecimal and in base64."""
import base64

import stack
from case import Case

TOPICS = ("sync.jobs", "sync.jobs.background", "sync.pages", "sync.items", "sync.rejects", "sync.events")


class CanaryCase(Case):
    CANARIES = ()

    def assert_clean(self, content, where):
        content = content.encode() if isinstance(content, str) else content
        for canary in self.CANARIES:
            plain = canary.encode()
            for form in (plain, plain.hex().encode(), base64.b64encode(plain).rstrip(b"=")):
                self.assertNotIn(form, content, f"{where}: {canary}")

    def assert_clean_addresses(self, server):
        """Nor do they stand in what a proxy would write down of our requests."""
        asked = server.log()
        self.assertGreater(len(asked), 5)
        self.assert_clean("\n".join(request.query for request in asked), "addresses that were asked")

    def assert_clean_everywhere(self, account, proof):
        """proof: bytes that the topics must hold, so that it is known that they were read."""
        topics = b"".join(stack.consume(self.pipeline.prefix + topic) for topic in TOPICS)
        self.assertIn(proof, topics, "the pages are there")
        self.assert_clean(topics, "Kafka")
        self.assert_clean(stack.dump_redis(self.pipeline.redis_database), "Redis")
        dump = stack.dump_postgres(self.pipeline.name)
        self.assertIn(b"COPY public.track", dump)
        self.assert_clean(dump, "Postgres")
        for worker in self.pipeline.workers.values():
            self.assert_clean(worker.get("/metrics")[1], worker.name)
        for path in self.pipeline.logs():
            self.assert_clean(path.read_bytes(), path.name)
        for words in (["account", "show", account], ["account", "list", "--json"], ["status", account, "--json"], ["doctor"],
                      ["webhook", "list"], ["webhook", "list", "--json"], ["webhook", "deliveries"], ["webhook", "deliveries", "--json"]):
            done = self.pipeline.cli(*words, check=False)
            self.assert_clean(done.stdout + done.stderr, words)
