"""Webhooks: what becomes of syncs is told, signed, to receivers that fail, dawdle, lead elsewhere or are gone, by senders that die."""
import json
import re
import threading

import receiver as receivers
import stack
from canary import CanaryCase
from case import Case
from console import Console, Visitor
from receiver import Receiver, plain
from scheduler import Scheduler
from simulator import PASSWORD

VERIFY = re.search(r"```python\n(.*?)```", (stack.ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8"), re.S).group(1)


def verify(secret, message):
    """As docs/webhooks.md shows it."""
    place = {}
    exec(VERIFY, place)
    return place["verify"](secret, message.headers, message.body)


class WebhookCase(Case):
    SETTINGS = {"request_timeout_ms": 1500}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.simulator(200)
        cls.numbers = iter(range(1, 100))

    def setUp(self):
        super().setUp()
        self.receiver = self.new_receiver()
        self.addCleanup(self.pipeline.sql, "DELETE FROM webhook")

    def new_receiver(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        return receiver

    def sender(self, **environment):
        scheduler = Scheduler(self.pipeline, next(self.numbers), **environment)
        self.addCleanup(scheduler.end)
        return scheduler

    def webhook(self, *options, receiver=None, path="/hook"):
        """(id, secret)"""
        made = self.pipeline.cli("webhook", "add", (receiver or self.receiver).url + path, "--allow-internal", "--json", *options)
        row = json.loads(made.stdout)
        return row["id"], row["secret"]

    def deliveries(self, *words):
        return [json.loads(line) for line in self.pipeline.cli("webhook", "deliveries", *map(str, words), "--json").stdout.splitlines()]

    def await_delivery(self, seconds=30, **want):
        """The one delivery with these members."""
        def look():
            found = [row for row in self.deliveries() if all(row[name] == value for name, value in want.items())]
            return found[0] if found else None
        return self.wait_until(look, f"a delivery with {want}", seconds, every=0.2)

    def tell(self):
        """An event, without a sync to wait for: an ended row, as the writer makes one. Its message's id."""
        account = self.account(self.server)
        self.pipeline.sql("INSERT INTO sync (sync_id, account_id, mode, categories, state, cause, ended_at) VALUES "
                          f"(gen_random_uuid(), {self.pipeline.account_id(account)}, 'full', 'tracks', 'failed', 'as a test wants', now())")
        return self.pipeline.value(f"SELECT message_id FROM webhook_delivery WHERE account_id = {self.pipeline.account_id(account)}")

    def let_time_pass(self):
        """The next try is due, and what a dead sender had in hand is free."""
        self.pipeline.sql("UPDATE webhook SET busy_until = least(busy_until, now());"
                          "UPDATE webhook_delivery SET next_at = now() WHERE next_at IS NOT NULL")


class Events(WebhookCase):
    def all_messages(self, count):
        self.wait_until(lambda: len(self.receiver.messages) >= count, f"{count} messages")
        self.wait_until(lambda: not self.pipeline.sql("SELECT FROM webhook_delivery WHERE next_at IS NOT NULL"), "all are written down")
        return self.receiver.messages

    def test_each_event_arrives_once_and_verifies_as_the_document_says(self):
        _, secret = self.webhook()
        self.sender(), self.sender()
        server = self.simulator(400)
        account = self.account(server)
        complete = self.pipeline.sync(account)
        self.assert_complete(complete)
        server.fault("status", status=500, endpoint="getPlaylists", count=0)
        partial = self.pipeline.sync(account, "--mode", "full")
        self.assertEqual(partial.state, "partial")
        server.reset("faults")
        server.edit("remove", index=0, tracks=300)
        held = self.pipeline.sync(account)
        self.assert_complete(held)
        self.assertEqual(held.categories["tracks"]["held"], 300)
        self.pipeline.add_account("refused", server.url, "wrong-" + PASSWORD)
        refused = [self.pipeline.sync("refused"), self.pipeline.sync("refused")]
        messages = self.all_messages(7)
        told = [(message.type, message.json["data"]["account"], message.json["data"]["sync"]) for message in messages]
        self.assertCountEqual(told, [
            ("sync.complete", account, complete.sync), ("sync.partial", account, partial.sync),
            ("sync.complete", account, held.sync), ("removals.held", account, held.sync),
            ("sync.failed", "refused", refused[0].sync), ("sync.failed", "refused", refused[1].sync),
            ("account.needs_auth", "refused", refused[0].sync)])
        self.assertEqual(len(set(self.receiver.ids())), 7)
        for message in messages:
            self.assertEqual(verify(secret, message), message.json)
            self.assertTrue(message.signed_with(secret))
            with self.assertRaises(ValueError):
                verify("whsec_" + "A" * 44, message)
            self.assertEqual(message.headers["Content-Type"], "application/json")
            self.assertNotIn("link", message.json["data"], "console_url is not set")
            self.assertNotIn(server.url, message.body.decode())
        by_type = {message.type: message.json["data"] for message in messages}
        self.assertEqual(by_type["removals.held"]["held"], {"tracks": 300})
        self.assertEqual(by_type["removals.held"]["next_step"], f"syncline confirm {account}")
        self.assertEqual(by_type["account.needs_auth"]["next_step"], "check user name and password, then: syncline account login refused")
        self.assertEqual(by_type["sync.partial"]["categories"]["playlists"], "failed")
        self.assertIn("playlists", by_type["sync.partial"]["cause"])
        self.assertEqual(by_type["sync.partial"]["items"]["stored"], sum(row["stored"] for row in partial.categories.values()))
        self.assertEqual({row["state"] for row in self.deliveries()}, {"delivered"})

    def test_requests_that_joined_a_sync_are_told_with_it(self):
        self.webhook()
        self.sender()
        account = self.account(self.server)
        number = self.pipeline.account_id(account)
        self.server.slow(1000)
        self.addCleanup(self.server.reset, "faults")
        self.pipeline.produce_job(*[json.dumps({"account": account})] * 5, account=account)
        self.wait_until(lambda: self.pipeline.value(f"SELECT count(*) FROM sync WHERE state = 'joined' AND account_id = {number}") == "4",
                        "four have joined")
        self.server.reset("faults")
        self.assert_complete(self.pipeline.watch(self.pipeline.value(f"SELECT sync_id FROM sync WHERE state <> 'joined' AND account_id = {number}")))
        [message] = self.all_messages(1)
        self.assertEqual(message.type, "sync.complete")

    def test_only_what_was_asked_for_is_told_and_of_the_account_it_was_asked_for(self):
        other = self.new_receiver()
        one, two = self.account(self.server), self.account(self.server)
        self.webhook("--account", one, "--events", "complete,held")
        self.webhook("--events", "failed", receiver=other)
        self.sender()
        for account in (one, two):
            self.assert_complete(self.pipeline.sync(account))
        failed = self.tell()
        self.wait_until(lambda: other.messages, "the failure is told")
        [message] = self.all_messages(1)
        self.assertEqual((message.type, message.json["data"]["account"]), ("sync.complete", one))
        self.assertEqual(other.ids(), [failed])

    def test_a_message_leads_to_the_page_about_it(self):
        self.webhook()
        self.sender(SYNCLINE_CONSOLE_URL="https://music.example.org/")
        message_id = self.tell()
        [message] = self.all_messages(1)
        self.assertEqual(message.json["data"]["link"], "https://music.example.org/syncs/" + message_id.removeprefix("failed-"))


class Receivers(WebhookCase):
    def test_one_that_fails_is_tried_again_under_the_same_id_until_it_takes_the_message(self):
        _, secret = self.webhook()
        self.receiver.answer = receivers.first(2, plain(503))
        self.sender()
        message_id = self.tell()
        for tries in (1, 2):
            row = self.await_delivery(state="retrying", tries=tries, status=503)
            self.assertEqual(row["error"], "the receiver answered 503")
            self.assertGreater(row["next_at"], row["tried_at"])
            self.let_time_pass()
        self.await_delivery(state="delivered", tries=3, status=204)
        self.assertEqual(self.receiver.ids(), [message_id] * 3)
        self.assertEqual(len({message.body for message in self.receiver.messages}), 1)
        for message in self.receiver.messages:
            verify(secret, message)

    def test_one_that_says_nothing_holds_up_no_other_and_is_tried_again(self):
        over, fine = threading.Event(), self.new_receiver()
        self.addCleanup(over.set)
        self.receiver.answer = receivers.silent(over)
        self.webhook()
        self.webhook(receiver=fine)
        self.sender()
        messages = {self.tell() for _ in range(3)}
        self.wait_until(lambda: set(fine.ids()) == messages, "the other has all of them")
        self.assertEqual(len(fine.ids()), 3)
        row = self.await_delivery(state="retrying", tries=1, status=None)
        self.assertEqual(row["error"], "no answer within 1.5 s")
        over.set()
        self.receiver.answer = None
        self.let_time_pass()
        self.wait_until(lambda: all(row["state"] == "delivered" for row in self.deliveries()), "it has them as well")

    def test_a_redirect_is_not_followed(self):
        elsewhere = self.new_receiver()
        self.webhook()
        self.sender()
        for status in (301, 302, 307, 308):
            self.receiver.answer = plain(status, Location=elsewhere.url + "/stolen")
            self.tell()
            row = self.await_delivery(state="retrying", status=status)
            self.assertIn("nothing is followed", row["error"])
        self.assertEqual(elsewhere.paths, [])
        self.assertEqual(set(self.receiver.paths), {"/hook"})

    def test_one_that_is_gone_is_told_nothing_more(self):
        number, _ = self.webhook()
        self.receiver.answer = plain(410)
        self.sender()
        self.tell()
        self.await_delivery(state="given_up", status=410)
        self.assertIn("410", self.pipeline.cli("webhook", "list").stdout)
        self.assertIsNone(self.tell(), "no message is made for it")
        [row] = self.deliveries(number)
        self.assertEqual((row["tries"], len(self.receiver.messages)), (1, 1))

    def test_an_endless_answer_costs_neither_memory_nor_time(self):
        self.webhook()
        sender = self.sender()
        self.tell()
        self.await_delivery(state="delivered")
        before = sender.memory_kib()
        answers = ((receivers.endless(200), "delivered", 200), (receivers.endless(501), "retrying", 501), (receivers.endless_headers, "retrying", 500))
        for answer, state, status in answers:
            self.receiver.answer = answer
            self.tell()
            self.await_delivery(state=state, status=status)
            self.assertLess(self.receiver.server.endless_bytes, 64 << 20)
        self.assertLess(sender.memory_kib() - before, 32 << 10)
        self.receiver.answer = receivers.dripping
        self.tell()
        self.wait_until(lambda: sum(row["status"] == 500 for row in self.deliveries()) == 2, "it is cut off in time")

    def test_a_name_that_leads_inside_is_refused_when_it_is_connected_to(self):
        made = self.pipeline.cli("webhook", "add", self.receiver.url.replace("http://127.0.0.1", "https://localhost"), "--allow-internal", "--json")
        self.pipeline.sql(f"UPDATE webhook SET internal = false WHERE webhook_id = {json.loads(made.stdout)['id']}")
        self.sender()
        self.tell()
        self.assertIn("internal network", self.await_delivery(state="retrying", status=None)["error"])
        self.assertEqual(self.receiver.paths, [])

    def test_a_certificate_that_nobody_vouches_for_is_refused(self):
        key, certificate = self.pipeline.folder / "tls.key", self.pipeline.folder / "tls.pem"
        stack.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
                   "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate])
        self.receiver.behind_tls(certificate, key)
        self.pipeline.cli("webhook", "add", f"https://localhost:{self.receiver.port}/", "--allow-internal")
        self.sender()
        self.tell()
        self.assertIn("certificate", self.await_delivery(state="retrying", status=None)["error"])
        self.assertEqual(self.receiver.messages, [])

    def test_a_proxy_of_the_environment_is_no_way_around_the_filter(self):
        proxy = self.new_receiver()
        self.webhook()
        self.sender(http_proxy=proxy.url, https_proxy=proxy.url, all_proxy=proxy.url)
        self.tell()
        self.await_delivery(state="delivered")
        self.assertEqual(proxy.paths, [])
        self.assertEqual(len(self.receiver.messages), 1)


class Senders(WebhookCase):
    def test_many_messages_and_two_senders_are_delivered_once_each(self):
        others = [self.new_receiver() for _ in range(3)]
        for other in (self.receiver, *others):
            self.webhook(receiver=other)
        messages = [self.tell() for _ in range(15)]
        senders = [self.sender(), self.sender()]
        self.wait_until(lambda: all(len(other.messages) >= 15 for other in (self.receiver, *others)), "all have all")
        self.wait_until(lambda: self.pipeline.value("SELECT count(*) FROM webhook_delivery WHERE delivered_at IS NULL") == "0", "written down")
        for other in (self.receiver, *others):
            self.assertCountEqual(other.ids(), messages)
        self.assertEqual([sender.end() for sender in senders], [0, 0])

    def test_a_retry_outlives_its_sender(self):
        self.webhook()
        self.receiver.answer = plain(500)
        sender = self.sender()
        message_id = self.tell()
        self.await_delivery(state="retrying", tries=1)
        sender.kill()
        self.receiver.answer = None
        self.let_time_pass()
        self.sender()
        self.await_delivery(state="delivered", tries=2)
        self.assertEqual(self.receiver.ids(), [message_id] * 2)

    def test_a_sender_that_is_killed_while_it_sends_loses_none(self):
        over = threading.Event()
        self.addCleanup(over.set)
        self.receiver.answer = receivers.first(1, receivers.silent(over))
        self.webhook()
        sender = self.sender()
        messages = [self.tell() for _ in range(3)]
        self.wait_until(lambda: self.receiver.messages, "one is on its way")
        sender.kill()
        self.assertEqual({row["state"] for row in self.deliveries()}, {"waiting", "sending"})
        self.let_time_pass()
        self.sender()
        self.wait_until(lambda: {row["state"] for row in self.deliveries()} == {"delivered"}, "the next one has delivered all")
        self.assertEqual(set(self.receiver.ids()), set(messages))
        self.assertEqual(len(self.receiver.ids()), 4, "only what was in hand came twice")

    def test_a_sender_that_is_killed_before_it_writes_down_sends_again_under_the_same_id(self):
        self.webhook()
        sender = self.sender(SYNCLINE_CRASH_AT="sender: sent, not written down")
        sender.asked_to_end = True
        message_id = self.tell()
        sender.child.wait(30)
        self.assertEqual(self.receiver.ids(), [message_id])
        self.let_time_pass()
        self.sender()
        self.await_delivery(state="delivered", tries=2)
        self.assertEqual(self.receiver.ids(), [message_id] * 2)

    def test_a_sender_that_is_stopped_ends_at_once_and_gives_back_what_it_had(self):
        over = threading.Event()
        self.addCleanup(over.set)
        self.receiver.answer = receivers.first(1, receivers.silent(over))
        self.webhook()
        sender = self.sender()
        self.tell()
        self.wait_until(lambda: self.receiver.messages, "it is on its way")
        self.assertEqual(sender.end(), 0)
        self.sender()
        self.await_delivery(state="delivered", tries=2)

    def test_while_postgres_is_away_nothing_is_lost_and_afterwards_all_is_sent(self):
        self.webhook()
        sender = self.sender()
        message_id = self.tell()
        self.await_delivery(state="delivered")
        self.pipeline.forbid_connections()
        self.wait_until(lambda: "trying on" in self.new_text(sender.log), "the sender has noticed")
        self.pipeline.allow_connections()
        other = self.tell()
        self.wait_until(lambda: self.receiver.ids() == [message_id, other], "the second one")


class Secrets(CanaryCase, WebhookCase):
    """Of an address the path may be a secret, too."""

    def test_address_and_secret_are_nowhere_but_sealed(self):
        path = "/canary-path-51c7/canary-query?token=canary-token-08d2"
        number, secret = self.webhook(path=path)
        self.CANARIES = (secret, secret.removeprefix("whsec_"), "canary-path-51c7", "canary-token-08d2")
        account = self.account(self.server)
        console = Console(self.pipeline).await_ready()
        self.addCleanup(console.end)
        self.sender()
        self.receiver.answer = receivers.first(1, plain(500))
        self.assert_complete(self.pipeline.sync(account))
        self.await_delivery(state="retrying")
        self.receiver.close()
        self.let_time_pass()
        self.await_delivery(state="retrying", tries=2, status=None)
        for words in (["webhook", "test", number], ["webhook", "list"]):
            done = self.pipeline.cli(*map(str, words), check=False)
            self.assert_clean(done.stdout + done.stderr, words)
        for page in ("/settings", "/settings/webhooks", "/api/v1/webhooks", f"/api/v1/webhooks/{number}/deliveries"):
            answer = Visitor(console.url).ask(page)
            self.assertEqual(answer.status, 200)
            self.assert_clean(answer.body, page)
        self.assert_clean_everywhere(account, b"subsonic-response")


class Command(WebhookCase):
    def test_a_test_is_sent_at_once_and_says_what_came_of_it(self):
        number, secret = self.webhook()
        done = self.pipeline.cli("webhook", "test", str(number))
        self.assertRegex(done.stdout, r"Delivered: the receiver answered 204 in [0-9]+ ms")
        [message] = self.receiver.messages
        self.assertEqual(verify(secret, message)["type"], "webhook.test")
        self.receiver.answer = plain(404)
        done = self.pipeline.cli("webhook", "test", str(number), check=False)
        self.assertEqual((done.returncode, done.stderr), (1, "syncline: not delivered: the receiver answered 404\n"))
        self.assertEqual([row["state"] for row in self.deliveries(number)], ["given_up", "delivered"])

    def test_lists_show_what_there_is_and_removing_forgets_it(self):
        self.assertIn("Nobody is told anything", self.pipeline.cli("webhook", "list").stdout)
        number, _ = self.webhook("--events", "failed,held")
        self.assertIn("Nothing has been sent", self.pipeline.cli("webhook", "deliveries").stdout)
        self.tell()
        shown = self.pipeline.cli("webhook", "list").stdout
        self.assertRegex(shown, rf"{number} +http://127.0.0.1:\d+ +all +failed, held  on +1  never")
        self.assertNotIn("/hook", shown)
        self.assertRegex(self.pipeline.cli("webhook", "deliveries").stdout, r"sync.failed +a\d+ +waiting +0")
        self.assertIn("told nothing more", self.pipeline.cli("webhook", "remove", str(number)).stdout)
        self.assertEqual(self.pipeline.value("SELECT count(*) FROM webhook_delivery"), "0")

    def test_slips_are_named(self):
        number, _ = self.webhook()
        for words, code, said in ((["add", "https://192.168.1.4/x"], 2, "--allow-internal"), (["add", "https://localhost/x"], 2, "--allow-internal"),
                                  (["add", "http://hooks.example.org"], 2, "https://"), (["add", "hooks.example.org"], 2, "https://HOST"),
                                  (["add", "https://hooks.example.org", "--events", "done"], 2, "no event 'done'"),
                                  (["add", "https://hooks.example.org", "--account", "nobody"], 4, "no account"),
                                  (["add"], 2, "URL is missing"), (["test", str(number + 1)], 4, "no webhook"), (["remove", "x"], 4, "no webhook"),
                                  (["deliveries", "-1"], 4, "no webhook"), (["deliveries", str(number + 1)], 4, "no webhook"),
                                  (["test", f"0{number}"], 4, "no webhook")):
            with self.subTest(words):
                done = self.pipeline.cli("webhook", *words, check=False)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(said, done.stderr)
        self.assertEqual(len(self.pipeline.cli("webhook", "list", "--json").stdout.splitlines()), 1)


class Pages(WebhookCase):
    PASSWORD = "a long password of the console"
    SETTINGS = {"request_timeout_ms": 10000}  # what is on its way must still be so when it is looked at

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, scope in (("anna", "admin"), ("guest", "operate")):
            cls.pipeline.cli("user", "add", name, "--scope", scope, "--password-stdin", text=cls.PASSWORD + "\n")
        cls.console = Console(cls.pipeline).await_ready()
        cls.addClassCleanup(lambda: cls.console.end())

    def visitor(self, name):
        visitor = Visitor(self.console.url)
        visitor.sign_in(name, self.PASSWORD)
        return visitor

    def test_a_webhook_is_added_shown_once_tested_and_removed(self):
        anna = self.visitor("anna")
        made = anna.submit("/settings/webhooks", page="/settings/webhooks", url="https://hooks.example.org/canary-path", failed="on", account="")
        secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made.text).group(0)
        self.assertEqual(made.headers["Cache-Control"], "no-store")
        page = anna.ask("/settings/webhooks").text
        self.assertIn("https://hooks.example.org", page)
        for hidden in (secret, "canary-path"):
            self.assertNotIn(hidden, page)
        self.assertEqual(self.pipeline.sql("SELECT events FROM webhook"), [["{sync.failed}"]])
        number, secret = self.webhook()
        told = anna.submit("/settings/webhooks/test", page="/settings/webhooks", id=number).text
        self.assertIn(f"Delivered: the receiver of webhook {number} answered 204", told)
        self.assertEqual(verify(secret, self.receiver.messages[0])["data"]["asked_by"], "anna")
        self.receiver.answer = plain(500)
        told = anna.submit("/settings/webhooks/test", page="/settings/webhooks", id=number).text
        self.assertIn("Not delivered", told)
        self.assertIn("given up", told)
        self.tell()
        self.wait_until(lambda: "retrying" in anna.ask("/settings/webhooks").text, "the console sends as well")
        anna.submit("/settings/webhooks/remove", page="/settings/webhooks", id=number)
        self.assertNotIn(self.receiver.url, anna.ask("/settings/webhooks").text)
        actions = [row[0] for row in self.pipeline.sql("SELECT action FROM console_audit WHERE action LIKE 'webhook%' ORDER BY audit_id")]
        self.assertEqual(actions, ["webhook added", "webhook tested", "webhook tested", "webhook removed"])

    def test_a_message_on_its_way_is_no_failure_and_a_test_that_fails_no_event_that_was_given_up(self):
        number, _ = self.webhook()
        go = threading.Event()
        self.addCleanup(go.set)
        self.receiver.answer = receivers.silent(go)
        self.tell()
        self.wait_until(lambda: self.receiver.messages, "the message is on its way")
        shown = [json.loads(line) for line in self.pipeline.cli("webhook", "list", "--json").stdout.splitlines()]
        self.assertEqual([row["state"] for row in shown], ["on"])
        go.set()
        self.await_delivery(state="delivered")
        self.receiver.answer = plain(500)
        done = self.pipeline.cli("webhook", "test", str(number), "--json", check=False)
        self.assertIn("500", json.loads(done.stdout)["error"])
        self.assertIn("\nsyncline_webhooks_given_up 0\n", self.visitor("anna").ask("/metrics").text)

    def test_one_that_failed_fails_also_while_it_is_tried_again(self):
        self.webhook()
        go = threading.Event()
        self.addCleanup(go.set)
        self.receiver.answer = plain(500)
        self.tell()
        self.await_delivery(state="retrying")
        count = len(self.receiver.messages)
        self.receiver.answer = receivers.silent(go)
        self.let_time_pass()
        self.wait_until(lambda: len(self.receiver.messages) > count, "it is on its way again")
        shown = [json.loads(line) for line in self.pipeline.cli("webhook", "list", "--json").stdout.splitlines()]
        self.assertEqual([row["state"] for row in shown], ["failing"])
        go.set()
        self.await_delivery(state="delivered")

    def test_tests_of_silent_receivers_hold_up_nobody_else(self):
        number, _ = self.webhook()
        go, anna, other = threading.Event(), self.visitor("anna"), self.visitor("anna")
        self.addCleanup(go.set)
        proof = other.proof()
        self.receiver.answer = receivers.silent(go)
        waiting = threading.Thread(target=anna.submit, args=("/settings/webhooks/test",), kwargs={"page": "/settings/webhooks", "id": number})
        waiting.start()
        self.wait_until(lambda: self.receiver.messages, "the first is on its way")
        answer = other.submit("/settings/webhooks/test", csrf=proof, id=number)
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (503, "5"))
        self.assertEqual(other.post(f"/api/v1/webhooks/{number}/test", X_CSRF_Token=proof).status, 503)
        go.set()
        waiting.join(20)
        self.assertEqual(other.post(f"/api/v1/webhooks/{number}/test", X_CSRF_Token=proof).status, 200)

    def test_no_internal_address_is_added_from_the_web(self):
        anna = self.visitor("anna")
        for url in (self.receiver.url, "https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://10.0.0.1/"):
            answer = anna.submit("/settings/webhooks", page="/settings/webhooks", url=url, failed="on", internal="on", allow_internal="on")
            self.assertEqual(answer.status, 409, url)
            self.assertIn("--allow-internal", answer.text)
            program = anna.post("/api/v1/webhooks", {"url": url, "internal": True}, X_CSRF_Token=anna.proof())
            self.assertEqual(program.status, 409)
        self.assertEqual(self.pipeline.sql("SELECT FROM webhook"), [])

    def test_who_is_no_admin_sees_and_changes_nothing(self):
        number, _ = self.webhook()
        guest = self.visitor("guest")
        for path in ("/settings/webhooks", "/api/v1/webhooks", f"/api/v1/webhooks/{number}/deliveries"):
            self.assertEqual(guest.ask(path).status, 403, path)
        for path in ("/settings/webhooks", "/settings/webhooks/remove", "/settings/webhooks/test"):
            self.assertEqual(guest.submit(path, id=number, url="https://hooks.example.org").status, 403, path)
        self.assertEqual(guest.ask(f"/api/v1/webhooks/{number}", "DELETE", X_CSRF_Token=guest.proof()).status, 403)
        self.assertNotIn("/settings/webhooks", guest.ask("/settings").text)
        self.assertEqual(self.receiver.messages, [])

    def test_programs_do_the_same(self):
        token = self.pipeline.cli("token", "add", "ops", "--scope", "admin").stdout.split()[0]
        program = Visitor(self.console.url, Authorization="Bearer " + token)
        made = program.post("/api/v1/webhooks", {"url": "https://hooks.example.org/x", "events": "partial,failed"})
        self.assertEqual(made.status, 201, made.text)
        self.assertTrue(made.json["secret"].startswith("whsec_"))
        number, _ = self.webhook()
        self.assertEqual(program.post(f"/api/v1/webhooks/{number}/test").json["delivered"], True)
        ids = [row["id"] for row in program.ask("/api/v1/webhooks").json["items"]]
        self.assertEqual(ids, [made.json["id"], number])
        for _ in range(3):
            program.post(f"/api/v1/webhooks/{number}/test")
        seen, more = [], ""
        while more is not None:
            page = program.ask(f"/api/v1/webhooks/{number}/deliveries?limit=3{more}").json
            seen += [row["message"] for row in page["items"]]
            more = page["next"] and f"&after={page['next']}"
        self.assertEqual(program.ask(f"/api/v1/webhooks/{number}/deliveries?after=yesterday").status, 400)
        self.assertEqual(sorted(seen), sorted(self.receiver.ids()), "page after page, each once")
        self.assertEqual(program.ask(f"/api/v1/webhooks/{number}", "DELETE").status, 204)
        self.assertEqual(program.ask(f"/api/v1/webhooks/{number}", "DELETE").status, 404)
        self.assertEqual(program.ask(f"/api/v1/webhooks/{number}/deliveries").status, 404)
        for body, status, said in (({}, 400, "url"), ({"url": "https://hooks.example.org", "events": "x"}, 409, "no event"), ({"url": 1}, 400, "url")):
            answer = program.post("/api/v1/webhooks", body)
            self.assertEqual(answer.status, status)
            self.assertIn(said, answer.text)
