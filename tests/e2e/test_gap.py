"""Kafka loses messages that were not read yet: told by name, in the syncs concerned too, and the workers go on."""
import re

import stack
from case import Case


class Gap(Case):
    SETTINGS = {"page_size": 50}

    def unread(self, tracks=500):
        """A sync whose pages wait for a parser that is not there. Returns server, account, sync, and [partition, offset] of what
        tracks has in the topic, oldest first: the started mark, the pages, the end."""
        server = self.simulator(tracks)
        account = self.account(server)
        self.parser().end()
        sync = self.pipeline.enqueue(account)
        topic, key = self.pipeline.prefix + "sync.pages", f"{account}/playlists"
        self.wait_until(lambda: stack.places(topic, key, b"walk_end"), "the fetcher is through")
        return server, account, sync, stack.places(topic, f"{account}/tracks")

    def parser(self):
        return self.pipeline.workers["parser-1"]

    def go_on(self):
        self.parser().start()
        self.parser().await_ready()

    def lost(self, worker):
        return self.pipeline.workers[worker].metric("kafka_lost_total") or 0

    def gaps(self):
        return self.pipeline.sql("SELECT topic, kafka_partition, kafka_offset, detail FROM sync_reject WHERE reason = 'kafka_gap'")

    def committed(self, partition):
        rows = stack.kafka_tool("consumer.group.ConsumerGroupCommand", "--describe", "--group",
                                f"{self.pipeline.prefix}syncline-parser").stdout
        found = [line.split() for line in rows.splitlines() if re.search(rf"sync\.pages\s+{partition}\s", line)]
        return int(found[0][3]) if found and found[0][3] != "-" else 0

    def test_pages_that_retention_took_before_they_were_parsed_make_a_partial_sync_that_says_so(self):
        warm = self.account(self.simulator(1000))
        self.assert_complete(self.pipeline.sync(warm))  # so that every partition has a committed offset
        server, account, sync, places = self.unread()
        partition, before = places[0][0], self.committed(places[0][0])
        stack.delete_records(self.pipeline.prefix + "sync.pages", partition, places[3][1])
        # Under a lease that nobody renews but which lasts: the sync is left to what comes out of Kafka.
        lease = f"{self.pipeline.prefix}lease:{account}"
        stack.redis(self.pipeline.redis_database, "HSET", lease, "sync", sync, "epoch", 1, "mode", "full", "categories", "tracks")
        self.go_on()
        report = self.pipeline.watch(sync)
        stack.redis(self.pipeline.redis_database, "DEL", lease)
        self.assertEqual(report.state, "partial")
        count = places[3][1] - before
        words = f"Kafka lost {count} messages of {self.pipeline.prefix}sync.pages [{partition}] from offset {before} on"
        self.assertIn(words, report.all["cause"])
        self.assertIn("tracks: page 0 of 11 was never stored", report.all["cause"])
        self.assertTrue(report.all["next_step"])
        self.assertEqual(self.lost("parser-1"), count)
        self.assertIn(words, self.new_text(self.pipeline.log("parser-1")))
        [row] = [row for row in self.gaps() if int(row[1]) == partition]
        self.assertEqual(int(row[2]), before)
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, server)

    def test_a_walks_end_that_was_lost_is_read_again(self):
        warm = self.account(self.simulator(1000))
        self.assert_complete(self.pipeline.sync(warm))
        server, account, sync, places = self.unread()
        partition, end = places[-1]
        stack.delete_records(self.pipeline.prefix + "sync.pages", partition, end + 1)
        self.go_on()
        report = self.pipeline.watch(sync)
        self.assert_complete(report)
        self.assert_library(account, server)
        self.assertIn("put back to work", self.new_text(self.pipeline.log("writer-1")))

    def test_a_topic_that_is_made_anew_is_told_and_work_goes_on(self):
        server = self.simulator(500)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        topic = self.pipeline.prefix + "sync.items"
        stack.kafka_tool("TopicCommand", "--delete", "--topic", topic)
        self.wait_until(lambda: topic not in stack.kafka_tool("TopicCommand", "--list").stdout.split(), "the topic is gone")
        self.pipeline.cli("migrate")
        self.wait_until(lambda: self.lost("writer-1"), "the writer has noticed", 60)
        self.wait_until(self.gaps, "a row for it")
        self.assertIn("the topic was deleted and made anew", " ".join(row[3] for row in self.gaps()))
        self.assertIn("the topic was deleted and made anew", self.new_text(self.pipeline.log("writer-1")))
        for name in ("parser-1", "writer-1"):
            self.assertIsNone(self.pipeline.workers[name].child.poll(), f"{name} goes on")
        server.edit("retag", index=0, tracks=100)
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, server)
