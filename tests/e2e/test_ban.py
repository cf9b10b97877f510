"""A provider's pause outlives Redis: nothing is sent inside it, and it ends on time."""
import stack
from case import Case


class Ban(Case):
    SETTINGS = {"page_size": 50}

    def server(self):
        return self.simulator(300, flags=["--any-user"])

    def lose_redis(self):
        stack.redis(self.pipeline.redis_database, "FLUSHDB")

    def assert_left_alone(self, server, wait_s, sync):
        """From the refusal on for as long as it asked, and not for much longer."""
        self.assert_complete(self.pipeline.watch(sync, timeout=wait_s + 60))
        log = server.log()
        [refused] = [request for request in log if request.status == 429]
        after = [request.time_ms - refused.time_ms for request in log if request.number > refused.number]
        self.assertGreaterEqual(min(after), wait_s * 1000, "nobody came inside the ban")
        self.assertLess(min(after), wait_s * 1000 + 15000, "and it ends on time")
        self.assertEqual(server.stats()["early"], 0)

    def wait_refused(self, server):
        self.wait_until(lambda: [request for request in server.log() if request.status == 429], "a 429")
        self.wait_until(lambda: self.pipeline.value("SELECT count(*) FROM provider_pause WHERE until > now()") != "0",
                        "the pause is kept")

    def test_another_account_does_not_come_inside_a_long_ban_although_redis_lost_everything(self):
        server = self.server()
        first, second = self.account(server, "ann", user="ann"), self.account(server, "bob", user="bob")
        server.fault("status", status=429, retry_after=40, endpoint="search3")
        sync = self.pipeline.enqueue(first)
        self.wait_refused(server)
        self.wait_state(sync, "throttled")
        self.lose_redis()
        other = self.pipeline.enqueue(second)
        self.wait_state(other, "throttled")
        self.lose_redis()
        self.assert_left_alone(server, 40, sync)
        self.assert_complete(self.pipeline.watch(other))
        self.assert_library(first, server)
        self.assert_library(second, server)

    def test_a_short_pause_is_kept_in_the_slot_although_redis_lost_everything(self):
        server = self.server()
        account = self.account(server, "cid", user="cid")
        server.fault("status", status=429, retry_after=8, endpoint="search3")
        sync = self.pipeline.enqueue(account)
        self.wait_refused(server)
        self.lose_redis()
        self.assert_left_alone(server, 8, sync)

    def test_a_fetcher_that_begins_inside_a_ban_with_an_empty_redis_waits_too(self):
        server = self.server()
        account = self.account(server, "dan", user="dan")
        server.fault("status", status=429, retry_after=35, endpoint="search3")
        sync = self.pipeline.enqueue(account)
        self.wait_refused(server)
        self.wait_state(sync, "throttled")
        self.pipeline.workers["fetcher-1"].kill()
        self.lose_redis()
        self.pipeline.workers["fetcher-1"].start()
        self.pipeline.workers["fetcher-1"].await_ready()
        self.assert_left_alone(server, 35, sync)
