"""Poison and drift of schemas: what cannot be taken is a reject, once, and everything behind it goes on; then it is replayed."""
import json

import stack
from case import Case
from handmade import Walk, message, now_ms, pack

GOOD = {"id": "good", "title": "Good", "album": "A", "albumId": "al", "artist": "B", "artistId": "ar", "duration": 61}
DEEP = b"[" * 10000 + b"]" * 10000


def envelope(songs):
    return b'{"subsonic-response":{"status":"ok","version":"1.16.1","searchResult3":{"song":[' + b",".join(songs) + b"]}}}"


def song(name, **members):
    """A good song with its own id and some members changed; None takes one away."""
    value = {**GOOD, "id": name, **members}
    return json.dumps({key: member for key, member in value.items() if member is not None}).encode()


# What a list may hold beside a good song, and the reject it becomes; None: it is taken.
ITEMS = [
    ("unknown members", song("unknown", tomorrow={"deep": [1, {"x": None}]}, v2=True), None),
    ("no title", song("untitled", title=None), "missing_field"),
    ("a title that is a number", song("retyped", title=7), None),
    ("a title that is an object", song("object", title={"text": "T"}), "missing_field"),
    ("a duration below zero", song("negative", duration=-1), "negative_duration"),
    ("no id", song("", id=None), "missing_field"),
    ("an id that is a list", song("listed", id=["a"]), "missing_field"),
    ("a title of 5 MB, which is cut", song("long", title="x" * 5_000_000), None),
    ("a number where a song should be", b"12", "not_an_object"),
]
PAGES = [
    ("no JSON at all", b"<html>busy</html>", "bad_page"),
    ("JSON that ends early", envelope([song("x")])[:-9], "bad_page"),
    ("10,000 arrays in each other", DEEP, "bad_page"),
    ("a song 100 arrays deep", envelope([b'{"id":"d","title":"D","x":' + b"[" * 100 + b"]" * 100 + b"}"]), "bad_page"),
    ("another answer", b'{"subsonic-response":{"status":"ok","artists":{}}}', "count_mismatch"),
]


class Poison(Case):
    def produce(self, topic, account, *values, category="tracks"):
        stack.produce_bytes(self.pipeline.prefix + topic, *values, key=f"{account}/{category}")

    def empty_account(self):
        server = self.simulator(100)
        return server, self.account(server)

    def walk(self, account):
        """A walk by hand, under a lease: nobody takes the account meanwhile."""
        walk = Walk(account)
        stack.redis(self.pipeline.redis_database, "HSET", self.lease(account), "sync", walk.sync, "epoch", walk.epoch,
                    "mode", "full", "categories", "tracks")
        return walk

    def lease(self, account):
        return f"{self.pipeline.prefix}lease:{account}"

    def give_back(self, account):
        stack.redis(self.pipeline.redis_database, "DEL", self.lease(account))

    def rejects(self, account, *options):
        output = self.pipeline.cli("rejects", "list", account, "--json", *options).stdout
        return [json.loads(line) for line in output.splitlines()]

    def settled(self, walk):
        query = f"SELECT state FROM sync_category WHERE sync_id = '{walk.sync}' AND ended_at IS NOT NULL"
        return self.wait_until(lambda: self.pipeline.value(query), f"walk {walk.sync} is settled")

    def in_topic(self, word):
        return stack.consume(self.pipeline.prefix + "sync.rejects").count(word.encode())

    def read_again(self, kind, topic):
        """All of a topic comes once more to its workers, as after a crash before any commit. Kafka holds a named worker's place
        for the length of a session, and sets nothing back before."""
        worker = self.pipeline.workers[f"{kind}-1"]
        worker.end()
        words = ("consumer.group.ConsumerGroupCommand", "--group", f"{self.pipeline.prefix}syncline-{kind}", "--topic",
                 self.pipeline.prefix + topic, "--reset-offsets", "--to-earliest", "--execute")
        self.wait_until(lambda: "Error" not in stack.kafka_tool(*words).stdout, "the offsets are set back", 90)
        worker.start()
        worker.await_ready()

    # ---- poison ----

    def test_a_poisoned_item_costs_itself_and_is_recorded_once_however_often_it_comes(self):
        _, account = self.empty_account()
        walk = self.walk(account)
        body = envelope([song("first"), *[item for _, item, _ in ITEMS], song("last")])
        count = len(ITEMS) + 2
        self.produce("sync.pages", account, walk.started(), walk.page(body, count), walk.end(count))
        self.assertEqual(self.settled(walk), "complete")
        wanted = [reason for _, _, reason in ITEMS if reason]
        self.wait_until(lambda: len(self.rejects(account)) == len(wanted), "a reject for each")
        found = {row["position"]: row["reason"] for row in self.rejects(account)}
        for position, (name, _, reason) in enumerate(ITEMS, 1):
            with self.subTest(name):
                self.assertEqual(found.get(position), reason)
        taken = {"first", "last"} | {json.loads(item)["id"] for _, item, reason in ITEMS if not reason}
        titles = dict(self.rows(account, "tracks"))
        self.assertEqual(set(titles), taken)
        self.assertLessEqual(len(titles["long"]), 2000)
        before = self.in_topic("below zero")
        self.assertGreaterEqual(before, 1, "in the topic at least once")
        self.read_again("parser", "sync.pages")
        self.wait_until(lambda: self.in_topic("below zero") > before, "the rejects come again")
        self.assert_nothing_waits("writer", "sync.rejects")
        self.assertEqual(len(self.rejects(account)), len(wanted), "in the table exactly once")

    def assert_nothing_waits(self, kind, topic):
        def behind():
            groups = json.loads(self.pipeline.cli("lag", "--json").stdout)
            return sum(row["lag"] for row in groups["partitions"] if row["topic"].endswith(topic) and kind in row["group"])
        self.wait_until(lambda: behind() == 0, f"{kind} has read {topic}")

    def test_a_poisoned_page_costs_itself_and_the_next_one_is_taken(self):
        for name, body, reason in PAGES:
            with self.subTest(name):
                _, account = self.empty_account()
                walk = self.walk(account)
                self.produce("sync.pages", account, walk.started(), walk.page(body, 1, is_last=False),
                             walk.page(envelope([song("next")]), 1, page=1), walk.end(2, pages=2))
                self.assertEqual(self.settled(walk), "complete")
                [row] = self.wait_until(lambda who=account: self.rejects(who), "its reject")
                self.assertEqual((row["reason"], row["position"], row["account"]), (reason, -1, account))
                self.assertEqual([row[0] for row in self.rows(account, "tracks")], ["next"])

    # ---- versions ----

    def test_names_of_tomorrow_are_skipped_on_every_topic(self):
        server, account = self.empty_account()
        more = {"tomorrow": [1, {"a": b"bytes"}], "zz": None}
        walk = self.walk(account)
        self.produce("sync.pages", account, walk.started(**more), walk.page(envelope([song("a")]), 1, **more), walk.end(1, **more))
        self.assertEqual(self.settled(walk), "complete")
        row = {"kind": "track", "columns": ["id", "tomorrow", "title"], "rows": [["b", 5, "B"]], "received": 1, "stored": 1,
               "last_part": True, "is_last": True, "walk": 0, "page": 0}
        later = self.walk(account)
        self.produce("sync.items", account, later.started(**more), message("items", **later.common, **row, **more), later.end(1))
        self.assertEqual(self.settled(later), "complete")
        self.assertEqual([row[0] for row in self.rows(account, "tracks")], ["b"])
        self.produce("sync.rejects", account, message("reject", reason="r", text="t", topic="x", partition=0, offset=1,
                                                      account=account, at=now_ms(), **more))
        self.wait_until(lambda: [row for row in self.rejects(account) if row["reason"] == "r"], "the reject")
        self.give_back(account)
        job = pack({"type": "sync_job", "v": 1, "account": account, "mode": "full", **more})
        stack.produce_bytes(self.pipeline.prefix + "sync.jobs", job, key=account)
        self.wait_until(lambda: len(self.rows(account, "tracks")) == 100, "the job has run")
        self.assert_library(account, server)

    def test_a_version_of_tomorrow_is_refused_by_name_and_what_stands_behind_it_goes_on(self):
        server, account = self.empty_account()
        walk = Walk(account)
        for topic, bad in (("sync.pages", walk.page(envelope([song("a")]), 1, version=2)),
                           ("sync.items", message("items", 2, **walk.common, rows=[])),
                           ("sync.rejects", message("reject", 2, reason="r"))):
            self.produce(topic, account, bad)
        stack.produce_bytes(self.pipeline.prefix + "sync.jobs", message("sync_job", 2, account=account), key=account)
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, server)
        for topic, kind in (("pages", "raw_page"), ("items", "items"), ("rejects", "reject")):
            with self.subTest(topic):
                [row] = self.wait_until(lambda name=topic: [row for row in self.rejects(account, "--old")
                                                            if row["topic"].endswith(name)], f"a reject of {topic}")
                self.assertEqual((row["reason"], row["position"], row["category"]), ("bad_message", -1, "tracks"))
                self.assertRegex(row["text"], f"{kind}.*version 2")
        jobs = [json.loads(line) for line in self.pipeline.cli("rejects", "list", "--all", "--json").stdout.splitlines()]
        self.assertIn("sync_job", " ".join(row["text"] for row in jobs if row["topic"].endswith("jobs")))

    # ---- replays of rejects ----

    def test_what_a_mended_parser_takes_becomes_rows_and_the_rest_stays_once(self):
        server, account = self.empty_account()
        self.assert_complete(self.pipeline.sync(account))
        number = self.pipeline.account_id(account)
        left = {row["place"] for row in self.rejects(account)}
        wanted, asked = self.content(account), len(server.log())
        forged = self.reject_by_hand(account, "tracks", "search3", 3)
        self.assertEqual({row["place"] for row in self.rejects(account)}, left | set(forged))
        report = self.replay_rejects(account)
        self.assertEqual((report.state, report.all["mode"]), ("complete", "replay-rejects"), report.categories)
        self.assert_same(self.content(account), wanted, "the items are rows")
        self.assertEqual({row["place"] for row in self.rejects(account)}, left, "what is still rejected stays")
        mended = [row for row in self.rejects(account, "--old") if row["place"] in forged]
        self.assertEqual({(row["state"], row["replayed_sync"]) for row in mended}, {("replayed", report.sync)})
        self.assertEqual(len(server.log()), asked, "no request was sent")
        pages = self.pipeline.value(f"SELECT count(*) FROM sync_page WHERE sync_id = '{report.sync}' AND category = 'tracks'")
        self.assertEqual(pages, "1", "only the page that holds them")
        before = self.pipeline.sql("SELECT topic, kafka_offset, position, replayed_at, replayed_sync FROM sync_reject "
                                   f"WHERE account_id = {number} ORDER BY 1, 2, 3")
        again = self.replay_rejects(account)
        self.assertEqual(again.state, "complete")
        self.assertEqual(self.pipeline.sql("SELECT topic, kafka_offset, position, replayed_at, replayed_sync FROM sync_reject "
                                           f"WHERE account_id = {number} ORDER BY 1, 2, 3"), before, "the second changes nothing")
        self.assert_same(self.content(account), wanted, "nor the rows")
        self.assertEqual(self.pages_of(again.sync, "tracks"), "0")

    def pages_of(self, sync, category):
        return self.pipeline.value(f"SELECT count(*) FROM sync_page WHERE sync_id = '{sync}' AND category = '{category}'")

    def replay_rejects(self, account):
        return self.pipeline.watch(json.loads(self.pipeline.cli("rejects", "replay", account, "--json").stdout)["sync"])

    def reject_by_hand(self, account, category, request, count):
        """As a parser with a mistake would have left items of a page: rejects, and no rows. Returns their places."""
        topic = self.pipeline.prefix + "sync.pages"
        partition, offset = stack.places(topic, f"{account}/{category}", request.encode())[0]
        number = self.pipeline.account_id(account)
        [[sync]] = self.pipeline.sql(f"SELECT complete_sync FROM library WHERE account_id = {number} AND category = '{category}'")
        for position in range(count):
            self.pipeline.sql(
                "INSERT INTO sync_reject (topic, kafka_partition, kafka_offset, position, account_id, sync_id, category, kind, "
                f"reason, detail, original, at) VALUES ('{topic}', {partition}, {offset}, {position}, {number}, '{sync}', "
                f"'{category}', 'track', 'missing_field', 'a mistake', '', now())")
        self.pipeline.sql(f"DELETE FROM track WHERE account_id = {number} AND id IN "
                          f"(SELECT id FROM track WHERE account_id = {number} ORDER BY id LIMIT {count})")
        return [f"pages/{partition}/{offset}/{position}" for position in range(count)]

    def test_a_rejected_job_is_sent_again_once_its_account_is_there(self):
        server = self.simulator(100)
        self.pipeline.produce_job(json.dumps({"account": "later-than-its-job"}), account="later-than-its-job")
        rows = lambda: [json.loads(line) for line in self.pipeline.cli("rejects", "--all", "--json").stdout.splitlines()]
        [row] = self.wait_until(lambda: [row for row in rows() if "later-than-its-job" in row["text"]], "its reject")
        self.assertEqual(self.pipeline.cli("rejects", "replay", row["place"], check=False).returncode, 4)
        account = self.account(server, "later-than-its-job")
        sync = self.pipeline.cli("rejects", "replay", row["place"]).stdout.split()[0]
        self.assert_complete(self.pipeline.watch(sync))
        self.assert_library(account, server)
        self.assertIn(sync, self.pipeline.cli("rejects", "replay", row["place"]).stdout, "a second time it only tells")
        self.assertNotIn(row["place"], [other["place"] for other in rows()])

    # ---- showing ----

    def test_one_reject_is_shown_with_its_bytes_its_place_and_what_can_be_done(self):
        _, account = self.empty_account()
        walk = self.walk(account)
        body = envelope([song("a"), song("negative", duration=-1, title="Zwölf")])
        self.produce("sync.pages", account, walk.started(), walk.page(body, 2), walk.end(2))
        [row] = self.wait_until(lambda: self.rejects(account), "its reject")
        shown = self.pipeline.cli("rejects", "show", row["place"]).stdout
        for words in ('  "title": "Zwölf"', "negative_duration", "item 1 of its page", walk.sync, "open", "syncline rejects replay "
                      + account, f"sync.pages [{row['partition']}] at offset {row['offset']}"):
            self.assertIn(words, shown)
        whole = self.pipeline.cli("rejects", "show", row["place"], "--whole").stdout
        self.assertEqual(json.loads(whole), json.loads(body))
        self.assertEqual(self.pipeline.cli("rejects", "show", "pages/0/999999/1", check=False).returncode, 4)
        self.assertEqual(self.pipeline.cli("rejects", "show", "home", check=False).returncode, 2)
        sums = [json.loads(line) for line in self.pipeline.cli("rejects", "list", account, "--by-reason", "--json").stdout.splitlines()]
        self.assertEqual([(line["reason"], line["count"], line["open"]) for line in sums], [("negative_duration", 1, 1)])
        self.assertEqual(len(self.rejects(account, "--reason", "missing_field")), 0)
        self.assertEqual(len(self.rejects(account, "--kind", "track", "--item", "negative")), 1)

    def test_bytes_that_are_no_text_are_shown_in_hexadecimal_and_cut(self):
        _, account = self.empty_account()
        self.produce("sync.pages", account, b"\xc1\xff" * 4000)
        [row] = self.wait_until(lambda: self.rejects(account), "its reject")
        shown = self.pipeline.cli("rejects", "show", row["place"]).stdout
        self.assertIn("  00000000  c1 ff c1 ff", shown)
        self.assertIn("cut at 4,096 of 8,000 bytes; --whole", shown)
        self.assertEqual(len(self.pipeline.cli("rejects", "show", row["place"], "--whole").stdout.splitlines()), 500)
