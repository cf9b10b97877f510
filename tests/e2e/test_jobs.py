"""Requests: from any language, wrong ones, many at once."""
import collections
import concurrent.futures
import json
import signal
import subprocess
import sys
import time

import stack
from case import Case
from simulator import PASSWORD


class Jobs(Case):
    SETTINGS = {"page_size": 50}

    def slow_server(self, ms=40):
        server = self.simulator(1000)
        server.slow(ms)
        return server, self.account(server)

    def syncs(self, account):
        return self.pipeline.sql("SELECT sync_id, state, joined_into, mode, categories, requested_by FROM sync "
                                 f"WHERE account_id = {self.pipeline.account_id(account)} ORDER BY sync_id")

    def wait_over(self, account, count):
        """All of `count` requests have come to an end."""
        over = f"SELECT count(*) FROM sync WHERE account_id = {self.pipeline.account_id(account)} AND ended_at IS NOT NULL"
        self.wait_until(lambda: int(self.pipeline.value(over)) >= count, f"{count} ended syncs of {account}", 60)
        return self.syncs(account)

    def test_an_account_that_is_added_again_under_its_name_gets_nothing_of_the_one_before(self):
        """Its fetcher still reads the wrong server, or reads on because Redis could not be told to stop it."""
        for told in (True, False):
            with self.subTest(told=told):
                wrong, account = self.slow_server()
                right = self.simulator(80)
                sync = self.pipeline.enqueue(account)
                self.wait_pages(sync, 3)
                if told:
                    self.pipeline.cli("account", "remove", account, "--yes")
                else:
                    self.pipeline.sql(f"DELETE FROM account WHERE name = '{account}'")
                self.pipeline.add_account(account, right.url, PASSWORD)
                self.assert_complete(self.pipeline.sync(account))
                self.assert_library(account, right)
                asked = len(wrong.log())
                self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
                self.assert_library(account, right)
                self.assertEqual(len(wrong.log()), asked, "nobody asks the wrong server any more")
                self.assertEqual(len(self.syncs(account)), 2)

    def test_a_json_line_through_kcat_without_an_id_is_a_sync(self):
        server = self.simulator(300)
        account = self.account(server)
        self.pipeline.produce_job(json.dumps({"account": account, "requested_by": "a shell script"}), account=account)
        [[_, state, _, mode, categories, by]] = self.wait_over(account, 1)
        self.assertEqual([state, mode, by], ["complete", "incremental", "a shell script"])
        self.assertEqual(categories, "artists,albums,tracks,playlists")
        self.assert_library(account, server)

    def test_bad_jobs_are_rejects_and_later_jobs_still_work(self):
        server = self.simulator(200)
        account = self.account(server)
        bad = [
            b'{"account": ',
            b'nonsense',
            b'[]',
            b'{}',
            b'{"account": "nobody-of-that-name"}',
            b'{"account": 17}',
            json.dumps({"account": account, "categories": "tracks,podcasts"}).encode(),
            json.dumps({"account": account, "mode": "sideways"}).encode(),
            json.dumps({"account": account, "sync": "not-a-uuid"}).encode(),
            json.dumps({"account": account + "\0x"}).encode(),
            b'{"account": "\xff\xfe"}',
            b'{"account": "' + b"x" * 5000 + b'"}',
            b"[" * 5000,
            b"\x81\xa4type\xa8sync_job",
        ]
        self.pipeline.produce_job(*bad, account=account)
        self.assert_complete(self.pipeline.sync(account))
        lines = self.wait_until(lambda: (found := self.rejects("sync.jobs")) and len(found) >= len(bad) and found, "a reject for each", 20)
        self.assertEqual(len(lines), len(bad))
        self.assertTrue(all(line["text"] for line in lines), lines)
        self.assertEqual(len({line["offset"] for line in lines}), len(bad), "each message once")
        self.assertIn("nobody-of-that-name", " ".join(line["text"] for line in lines))
        topic = stack.consume(self.pipeline.prefix + "sync.rejects")
        for line in lines:
            self.assertIn(line["reason"].encode(), topic)
            self.assertIn(line["text"].encode(), topic)

    def rejects(self, *topics):
        """Those of these topics; the libraries of other tests have items that are rejects, too."""
        lines = self.pipeline.cli("rejects", "--all", "--old", "--limit", "1000", "--json").stdout.splitlines()
        return [found for found in map(json.loads, lines) if found["topic"].removeprefix(self.pipeline.prefix) in topics]

    def test_garbage_on_the_inner_topics_is_a_reject_and_nothing_stops(self):
        server = self.simulator(200)
        account = self.account(server)
        inner = "sync.pages", "sync.items"
        before = len(self.rejects(*inner))
        garbage = [b"garbage", b"\xc1", b"\x80", b"\x81\xa4type\xa8raw_page", b"\x82\xa4type\xa5items\xa1v\x01"]
        for topic in inner:
            stack.produce(self.pipeline.prefix + topic, *garbage, key=f"{account}/tracks")
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, server)
        self.wait_until(lambda: len(self.rejects(*inner)) >= before + 2 * len(garbage), "a reject for each", 20)

    def test_a_second_request_joins_the_running_sync(self):
        server, account = self.slow_server(1000)
        first = self.pipeline.enqueue(account)
        self.wait_pages(first, 1)
        second = self.pipeline.enqueue(account, "--only", "tracks")
        self.wait_state(second, "joined")
        server.reset("faults")
        self.assertEqual(self.pipeline.watch(second).sync, first, "watching the second shows the first")
        rows = {row[0]: row for row in self.syncs(account)}
        self.assertEqual(rows[second][1:3], ["joined", first])
        self.assert_complete(self.pipeline.watch(first))
        self.assert_library(account, server)

    def test_a_request_joins_no_sync_that_is_over_although_its_lease_is_there(self):
        """As where Redis was full when it was to be given back (chaos 10/157): what is new since would not be seen."""
        server, account = self.slow_server(1000)
        database = self.pipeline.redis_database
        first = self.pipeline.enqueue(account)
        self.wait_pages(first, 1)
        [lease] = [key for key in stack.redis(database, "--scan").split() if key.endswith(f"lease:{account}")]
        self.assertEqual(stack.redis(database, "COPY", lease, "kept").strip(), "1")
        server.reset("faults")
        self.assert_complete(self.pipeline.watch(first))
        server.edit("insert", tracks=1, seed=3)
        stack.redis(database, "RENAME", "kept", lease)
        stack.redis(database, "PEXPIRE", lease, "4000")
        second = self.pipeline.sync(account)
        self.assertEqual(second.state, "complete")
        self.assertNotEqual(second.sync, first)
        self.assert_library(account, server)

    def test_a_wider_request_waits_and_runs_afterwards(self):
        server, account = self.slow_server()
        narrow = self.pipeline.enqueue(account, "--only", "tracks")
        self.wait_pages(narrow, 1)
        wide = self.pipeline.enqueue(account, "--mode", "full")
        report = self.pipeline.watch(wide)
        self.assert_complete(report)
        self.assertEqual(report.sync, wide, "not joined: it asked for more")
        self.assertEqual(self.state(narrow), "complete")
        self.assertEqual(self.pipeline.pages(wide), 21, "it has read the tracks itself")
        self.assert_library(account, server)

    def test_fifty_requests_at_once_are_one_sync(self):
        server, account = self.slow_server(100)
        self.pipeline.produce_job(*[json.dumps({"account": account})] * 50, account=account)
        rows = self.wait_over(account, 50)
        states = collections.Counter(row[1] for row in rows)
        self.assertEqual(states, {"joined": 49, "complete": 1})
        worker = next(row[0] for row in rows if row[1] == "complete")
        self.assertEqual({row[2] for row in rows if row[1] == "joined"}, {worker})
        self.assertLessEqual(server.repeated("u=demo"), 1)
        self.assert_library(account, server)

    def test_a_thousand_requests_at_once_from_commands_and_from_kafka_are_one_sync(self):
        server = self.simulator(2000)
        server.slow(3000)  # until all have come
        account, commands = self.account(server), 24
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(self.pipeline.enqueue, account) for _ in range(commands)]
            self.pipeline.produce_job(*[json.dumps({"account": account})] * (1000 - commands), account=account)
            began = time.monotonic()
            ids = [each.result() for each in asked]
            taken = f"SELECT count(*) FROM sync WHERE account_id = {self.pipeline.account_id(account)} AND state <> 'queued'"
            self.wait_until(lambda: self.pipeline.value(taken) == "1000", "all are taken", 100)
            print(f"[taken in {time.monotonic() - began:.1f} s] ", end="", file=sys.stderr, flush=True)
        server.reset("faults")
        rows = self.wait_over(account, 1000)
        self.assertEqual(len(rows), 1000, "none is lost, none is made up")
        self.assertLessEqual(set(ids), {row[0] for row in rows})
        self.assertEqual(collections.Counter(row[1] for row in rows), {"joined": 999, "complete": 1})
        self.assertLessEqual(server.repeated("u=demo"), 1)
        self.assert_library(account, server)

    def test_many_wider_requests_are_one_sync_behind_the_running_one(self):
        server, account = self.slow_server(150)
        narrow = self.pipeline.enqueue(account, "--only", "tracks")
        self.wait_pages(narrow, 1)
        self.pipeline.produce_job(*[json.dumps({"account": account, "mode": "full"})] * 250, account=account)
        rows = self.wait_over(account, 251)
        self.assertEqual(collections.Counter(row[1] for row in rows), {"joined": 249, "complete": 2})
        self.assert_library(account, server)

    def test_a_request_after_a_sync_has_begun_and_ended_is_a_sync_of_its_own(self):
        server = self.simulator(100)
        account = self.account(server)
        for _ in range(3):
            self.assert_complete(self.pipeline.sync(account, "--only", "artists"))
        self.assertEqual([row[1] for row in self.syncs(account)], ["complete"] * 3)

    def test_a_command_that_dies_before_kafka_has_its_job_has_asked_all_the_same(self):
        server = self.simulator(100)
        account = self.account(server)
        words = [stack.BIN / "syncline", "--config", self.pipeline.settings, "--kafka-brokers", "127.0.0.1:1", "sync", account]
        process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.wait_until(lambda: self.syncs(account), "the row is there")
        finally:
            process.kill()
            process.wait()
        [[sync, state, *_]] = self.syncs(account)
        self.assertEqual(state, "queued")
        # The reconciler waits 30 s before it takes a job for lost that may only stand in a long queue.
        self.wait_state(sync, "complete", seconds=60)
        self.assert_library(account, server)

    def test_what_kafka_may_have_is_told_as_stored_and_begins(self):
        """Ctrl-C before Kafka has answered: whether the job is there is not known, so nothing is taken back."""
        server = self.simulator(100)
        account = self.account(server)
        words = [stack.BIN / "syncline", "--config", self.pipeline.settings, "--kafka-brokers", "127.0.0.1:1", "sync", account]
        process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # also in the background
        self.addCleanup(process.kill)
        self.wait_until(lambda: self.syncs(account), "the row is there")
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=60)[0]
        self.assertEqual(process.returncode, 130, told)
        [[sync, state, *_]] = self.syncs(account)
        self.assertEqual(state, "queued")
        self.assertIn(f"stored as {sync} and begins by itself; to call it off: syncline cancel {sync}", told)
        self.pipeline.sql(f"UPDATE sync SET queued_at = now() - interval '31 seconds' WHERE sync_id = '{sync}'")
        self.assert_complete(self.pipeline.watch(sync))
        self.assert_library(account, server)

    def test_many_accounts_sync_side_by_side(self):
        server = self.simulator(300, flags=["--any-user"])
        accounts = [self.account(server, f"many{i}", user=f"user{i}") for i in range(20)]
        syncs = [self.pipeline.enqueue(account) for account in accounts]
        for account, sync in zip(accounts, syncs):
            self.assert_complete(self.pipeline.watch(sync))
            self.assert_library(account, server)
