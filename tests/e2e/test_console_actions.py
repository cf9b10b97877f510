"""What people set going from the pages, without scripts, and programs from the REST API: who may, and what comes of it."""
import json
import re
import time

import stack
from console import Visitor
from page import links, plain, rows
from test_console import ConsoleCase

PASSWORD = "canary-console-7b3d"
UNKNOWN = "01900000-0000-7000-8000-00000000dead"


def forms(text):
    """{action: {field: value}} of the forms that post."""
    found = {}
    for tag, body in re.findall(r'<form method="post"([^>]*)>(.*?)</form>', text, re.S):
        fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', body))
        found[re.search(r'action="([^"]*)"', tag).group(1)] = fields
    return found


class ActionCase(ConsoleCase):
    """anna may operate, the guest may look."""

    OPTIONS = {}

    @classmethod
    def prepare(cls):
        for name, scope in (("anna", "operate"), ("guest", "read")):
            cls.pipeline.cli("user", "add", name, "--scope", scope, "--password-stdin", text=PASSWORD + "\n")

    def setUp(self):
        super().setUp()
        self.server.reset("faults")
        self.anna, self.guest = (Visitor(self.console.url) for _ in range(2))
        for name, visitor in (("anna", self.anna), ("guest", self.guest)):
            self.assertEqual(visitor.sign_in(name, PASSWORD).status, 200)
        self.program = Visitor(self.console.url, Authorization="Bearer " + self.token("operate"))

    def token(self, scope):
        type(self).tokens = getattr(type(self), "tokens", 0) + 1
        return self.pipeline.cli("token", "add", f"t{self.tokens}", "--scope", scope).stdout.split()[0]

    def press(self, visitor, page, action, **fields):
        """As a person without scripts: the form of that page, with what stands in it."""
        found = forms(visitor.ask(page).text)
        self.assertIn(action, found, page)
        answer = visitor.submit(action, **{**found[action], **fields})
        self.assertEqual(answer.status, 200, plain(answer.text))
        return answer

    def sync_of(self, answer):
        """The sync whose page somebody was led to."""
        return re.search(r"/syncs/([0-9a-f-]{36})$", answer.url).group(1)

    def audited(self, action):
        return self.pipeline.sql(f"SELECT who, subject FROM console_audit WHERE action = '{action}' ORDER BY audit_id")

    def running(self):
        """A sync that is held in its midst by a slow server."""
        account = self.account(self.server)
        self.server.slow(3000)
        sync = self.pipeline.enqueue(account)
        self.wait_pages(sync, 1)
        return account, sync

    def held(self):
        """An account of a server that lost most of its tracks, and the sync that holds their removal."""
        server = self.simulator(300, albums=20, artists=5)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        server.edit("remove", index=0, tracks=200)
        return server, account, self.pipeline.sync(account).sync


class Buttons(ActionCase):
    def test_an_account_is_paused_and_resumed_on_its_page(self):
        account, sync = self.running()
        page = f"/accounts/{account}"
        self.press(self.anna, page, f"{page}/pause")
        self.assertIn("No sync begins until somebody resumes it", plain(self.guest.ask(page).text))
        self.assertEqual([action for action in forms(self.guest.ask(page).text) if account in action], [], "a guest may look")
        self.wait_until(lambda: not stack.redis(self.pipeline.redis_database, "HGET", f"{self.pipeline.prefix}lease:{account}", "sync").strip(),
                        "its fetcher gives the sync back")
        self.server.reset("faults")
        self.press(self.anna, page, f"{page}/resume")
        self.wait_state(sync, "complete")
        self.assertNotIn("No sync begins", plain(self.anna.ask(page).text))
        self.assertEqual([self.audited(word) for word in ("pause", "resume")], [[["anna", account]]] * 2)

    def test_a_sync_is_asked_for_on_the_overview_and_on_the_page_of_its_account(self):
        account = self.account(self.server)
        for page, action in (("/", "/accounts/sync"), (f"/accounts/{account}", f"/accounts/{account}/sync")):
            for mode in ("incremental", "full"):
                with self.subTest(f"{page} {mode}"):
                    sync = self.sync_of(self.press(self.anna, page, action, account=account, mode=mode))
                    self.wait_state(sync, "complete", "joined")
                    self.assertEqual(self.pipeline.sql(f"SELECT mode, requested_by FROM sync WHERE sync_id = '{sync}'"), [[mode, "anna"]])
        self.assertIn(["anna", account], self.audited("sync"))
        self.assert_library(account, self.server)

    def test_a_running_sync_is_cancelled_and_what_is_missing_is_asked_for_again(self):
        account, sync = self.running()
        self.press(self.anna, f"/syncs/{sync}", f"/syncs/{sync}/cancel")
        self.wait_state(sync, "cancelled", seconds=40)
        self.assertEqual(self.pipeline.value(f"SELECT cause FROM sync WHERE sync_id = '{sync}'"), "cancelled by anna")
        self.server.reset("faults")
        again = self.sync_of(self.press(self.anna, f"/syncs/{sync}", f"/syncs/{sync}/retry"))
        self.assertNotEqual(again, sync)
        self.wait_state(again, "complete")
        self.assert_library(account, self.server)
        self.assertIn(["anna", sync], self.audited("cancel"))
        self.assertIn(["anna", sync], self.audited("retry"))
        self.assertEqual(set(forms(self.anna.ask(f"/syncs/{again}").text)), {"/sign-out"}, "nothing is left to do")

    def test_held_removals_are_shown_by_name_and_carried_out(self):
        server, account, sync = self.held()
        page = self.anna.ask(f"/syncs/{sync}").text
        self.assertIn("and 190 more", page)
        self.assertIn("200 tracks", page)
        self.press(self.anna, f"/syncs/{sync}", f"/syncs/{sync}/confirm")
        self.assert_library(account, server, ["tracks"])
        self.assertNotIn("Held removals", self.anna.ask(f"/syncs/{sync}").text)
        self.assertEqual(self.audited("removals confirmed"), [["anna", sync]])

    def test_who_looked_at_removals_before_a_newer_sync_must_look_again(self):
        server, account, sync = self.held()
        fields = forms(self.anna.ask(f"/syncs/{sync}").text)[f"/syncs/{sync}/confirm"]
        before = self.rows(account, "tracks")
        server.edit("remove", index=0, tracks=20)
        newer = self.pipeline.sync(account).sync
        answer = self.anna.submit(f"/syncs/{sync}/confirm", **fields)
        self.assertEqual(answer.status, 409)
        self.assertIn("a newer sync has read the library since", plain(answer.text))
        self.assertEqual(self.rows(account, "tracks"), before)
        self.press(self.anna, f"/syncs/{newer}", f"/syncs/{newer}/confirm")
        self.assert_library(account, server, ["tracks"])

    def test_pages_with_rejects_are_parsed_again(self):
        account = self.account(self.server)
        self.assert_complete(self.pipeline.sync(account))
        sync = self.sync_of(self.press(self.anna, f"/rejects?account={account}", f"/accounts/{account}/replay"))
        self.wait_state(sync, "complete", "partial")
        self.assertEqual(self.pipeline.value(f"SELECT mode FROM sync WHERE sync_id = '{sync}'"), "replay-rejects")
        self.assertIn(["anna", account], self.audited("rejects replayed"))

    def test_a_reader_sees_no_buttons_and_may_press_none(self):
        account, sync = self.running()
        for page in ("/", f"/syncs/{sync}", f"/accounts/{account}", f"/rejects?account={account}", "/accounts"):
            answer = self.guest.ask(page)
            self.assertEqual(answer.status, 200, page)
            self.assertEqual(set(forms(answer.text)), {"/sign-out"}, page)
        for action in (f"/syncs/{sync}/cancel", f"/syncs/{sync}/retry", f"/syncs/{sync}/confirm", f"/accounts/{account}/sync",
                       f"/accounts/{account}/replay", "/accounts/sync"):
            self.assertEqual(self.guest.submit(action, account=account, mode="full").status, 403, action)
            self.assertEqual(self.anna.submit(action, account=account, mode="full", csrf="0" * 64).status, 403, "without the proof")
        self.assertEqual(self.state(sync), "running")
        self.pipeline.cli("cancel", sync)

    def test_live_parts_carry_no_forms(self):
        _, sync = self.running()
        for path in (f"/syncs/{sync}/live", "/live/overview"):
            self.assertNotIn("<form", next(data for name, data in self.anna.events(path) if name == "part"))
        self.pipeline.cli("cancel", sync)


class Programs(ActionCase):
    def post(self, path, value=None, status=202, **headers):
        answer = self.program.post(f"/api/v1{path}", value, **headers)
        self.assertEqual(answer.status, status, answer.text)
        return answer

    def test_an_account_is_paused_until_a_time_and_resumed(self):
        account = self.account(self.server)
        self.assertEqual([self.program.ask(f"/api/v1/accounts/{account}").json[key] for key in ("paused", "paused_until")], [False, None])
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        paused = self.post(f"/accounts/{account}/pause", {"until": until}, 200).json
        self.assertEqual((paused["paused"], paused["paused_until"]), (True, until))
        sync = self.post(f"/accounts/{account}/syncs").json["id"]
        self.assertEqual([row["paused"] for row in self.program.ask("/api/v1/accounts").json["items"] if row["name"] == account], [True])
        self.assertIsNone(self.post(f"/accounts/{account}/pause", {}, 200).json["paused_until"], "the new end counts")
        for wrong in ("2001-01-01T00:00:00Z", "soon", 7):
            self.assertIn("until", self.post(f"/accounts/{account}/pause", {"until": wrong}, 400).json["detail"])
        self.assertEqual(self.state(sync), "queued")
        self.assertFalse(self.post(f"/accounts/{account}/resume", status=200).json["paused"])
        self.wait_state(sync, "complete")
        self.post("/accounts/nobody/pause", {}, 404)
        self.assertEqual(Visitor(self.console.url, Authorization="Bearer " + self.token("read")).post(f"/api/v1/accounts/{account}/pause", {}).status, 403)

    def test_a_list_of_rejects_goes_on_behind_those_of_a_topic_that_was_made_anew(self):
        """Their places begin below zero, and news of a gap has one of its own."""
        account = self.account(self.server)
        number = self.pipeline.account_id(account)
        places = [(-9, -1), (-9, 4), (-3, -2), (5, -2), (5, -1), (5, 0)]
        for offset, position in places:
            self.pipeline.sql("INSERT INTO sync_reject (topic, kafka_partition, kafka_offset, position, account_id, reason, detail, original, at) "
                              f"VALUES ('zz.sync.pages', 0, {offset}, {position}, {number}, 'test', 'of a test', '', now())")
        seen, after = [], ""
        while len(seen) <= len(places):
            page = self.program.ask(f"/api/v1/rejects?account={account}&limit=1{after}").json
            seen += [(row["offset"], row["position"]) for row in page["items"]]
            if not page["next"]:
                break
            after = f"&after={page['next']}"
        self.assertEqual(seen, places)

    def test_a_sync_is_cancelled_and_asked_for_again(self):
        account, sync = self.running()
        self.assertIn(self.post(f"/syncs/{sync}/cancel").json["state"], ("cancelling", "cancelled"))
        self.wait_state(sync, "cancelled", seconds=40)
        self.assertEqual(self.post(f"/syncs/{sync}/cancel").json["state"], "cancelled", "a second time changes nothing")
        self.server.reset("faults")
        answer = self.post(f"/syncs/{sync}/retry")
        self.assertEqual(answer.headers["Location"], f"/api/v1/syncs/{answer.json['id']}")
        self.wait_state(answer.json["id"], "complete")
        for action in ("cancel", "retry", "confirm"):
            self.assertIn("detail", self.post(f"/syncs/{answer.json['id']}/{action}", status=409).json, action)
        self.assert_library(account, self.server)

    def test_held_removals_are_carried_out_of_the_category_that_is_named(self):
        server, account, sync = self.held()
        self.post(f"/syncs/{sync}/confirm", {"category": "songs"}, status=400)
        self.post(f"/syncs/{sync}/confirm", {"category": "artists"}, status=409)
        tracks = next(row for row in self.post(f"/syncs/{sync}/confirm", {"category": "tracks"}, status=200).json["categories"]
                      if row["category"] == "tracks")
        self.assertEqual((tracks["removed"], tracks["held"]), (200, 0))
        self.assert_library(account, server, ["tracks"])

    def test_rejects_are_replayed(self):
        account = self.account(self.server)
        self.assert_complete(self.pipeline.sync(account))
        answer = self.post(f"/accounts/{account}/rejects/replay")
        self.assertEqual(answer.json["mode"], "replay-rejects")
        self.wait_state(answer.json["id"], "complete", "partial")

    def test_what_is_not_there_or_not_allowed_is_told(self):
        for action in ("cancel", "retry", "confirm"):
            self.post(f"/syncs/{UNKNOWN}/{action}", status=404)
            self.post(f"/syncs/x/{action}", status=404)
            reader = Visitor(self.console.url, Authorization="Bearer " + self.token("read"))
            self.assertEqual(reader.post(f"/api/v1/syncs/{UNKNOWN}/{action}").status, 403, action)
            self.assertEqual(Visitor(self.console.url).post(f"/api/v1/syncs/{UNKNOWN}/{action}").status, 401, action)

    def test_the_description_holds_every_route_and_no_other(self):
        described = set()
        for line in self.program.ask("/api/v1/openapi.yaml").text.splitlines():
            if found := re.match(r"  (/api/v1/\S+):$", line):
                path = re.sub(r"{[^}]*}", "{}", found.group(1))
            elif found := re.match(r"    (get|post|put|delete):$", line):
                described.add((found.group(1).upper(), path))
        routes = set()
        for source in (stack.ROOT / "console").glob("*.c"):
            routes |= set(re.findall(r'\.method = "(\w+)", \.path = "(/api/v1/[^"]+)"', source.read_text(encoding="utf-8")))
        routes.discard(("GET", "/api/v1/openapi.yaml"))
        kinds = {("GET", f"/api/v1/accounts/{{}}/{kind}") for kind in ("artists", "albums", "tracks", "playlists")}
        self.assertEqual(described - {("GET", "/api/v1/accounts/{}/{}")}, routes - kinds)


class Schedules(ActionCase):
    """When accounts are synced by themselves."""

    def rule(self, account):
        rows = self.pipeline.sql("SELECT rule, zone, jitter_s, mode, catch_up, paused FROM schedule WHERE account_id = "
                                 f"{self.pipeline.account_id(account)}")
        return rows[0] if rows else None

    def test_a_rule_shows_its_next_runs_before_it_is_stored(self):
        account = self.account(self.server)
        page, fields = f"/accounts/{account}/schedule", {"rule": "30 3 * * *", "zone": "Europe/Berlin", "jitter": "10", "mode": "full"}
        shown = self.press(self.anna, page, page, do="show", **fields).text
        self.assertEqual(len(re.findall(r"<li>\d{4}-\d\d-\d\d 03:30</li>", shown)), 3)
        self.assertIsNone(self.rule(account), "only shown")
        self.press(self.anna, page, page, do="save", **fields)
        self.assertEqual(self.rule(account), ["30 3 * * *", "Europe/Berlin", "600", "full", "t", "f"])
        self.assertIn('value="30 3 * * *"', self.anna.ask(page).text)
        for action, paused in (("pause", "t"), ("resume", "f")):
            self.press(self.anna, f"/accounts/{account}", f"{page}/{action}")
            self.assertEqual(self.rule(account)[-1], paused)
        self.press(self.anna, f"/accounts/{account}", f"{page}/remove")
        self.assertIsNone(self.rule(account))
        self.assertEqual([self.audited(f"schedule {action}") for action in ("set", "paused", "resumed", "removed")], [[["anna", account]]] * 4)

    def test_what_is_wrong_with_a_rule_is_told_beside_its_field(self):
        account = self.account(self.server)
        good = {"rule": "every 6h", "zone": "UTC", "jitter": "0", "mode": "full", "do": "save"}
        for field, value in (("rule", "sometimes"), ("rule", "every 1m"), ("rule", "0 0 30 2 *"), ("rule", ""), ("rule", "x" * 200),
                             ("zone", "Mars/North"), ("zone", ""), ("jitter", "1441"), ("jitter", "-1"), ("jitter", "ten"), ("jitter", "9223372036854775807"), ("mode", "some")):
            with self.subTest(field, value=value):
                answer = self.anna.submit(f"/accounts/{account}/schedule", **{**good, field: value})
                self.assertEqual(answer.status, 400)
                self.assertEqual(re.findall(r'id="problem-([^"]*)"', answer.text), [field])
        self.assertIsNone(self.rule(account))

    def test_a_reader_may_change_no_rule(self):
        account = self.account(self.server)
        self.pipeline.cli("schedule", "set", account, "every 6h")
        self.assertEqual(set(forms(self.guest.ask(f"/accounts/{account}").text)), {"/sign-out"})
        self.assertEqual(self.guest.ask(f"/accounts/{account}/schedule").status, 403)
        for action in ("", "/pause", "/resume", "/remove"):
            self.assertEqual(self.guest.submit(f"/accounts/{account}/schedule{action}", rule="every 7h", do="save").status, 403)
        self.assertEqual(self.rule(account)[0], "every 6h")

    def test_programs_set_and_change_rules(self):
        account = self.account(self.server)
        path = f"/api/v1/accounts/{account}/schedule"

        def ask(method, status, path=path, value=None):
            answer = self.program.ask(path, method, json.dumps(value or {}).encode(), Content_Type="application/json")
            self.assertEqual(answer.status, status, answer.text)
            return answer.json if answer.body else None
        self.assertEqual(self.program.ask(path).status, 404)
        runs = ask("PUT", 200, path + "?dry_run=true", {"rule": "0 4 * * *", "zone": "Asia/Tokyo"})["next_runs"]
        self.assertEqual([run[-5:] for run in runs], ["04:00"] * 3)
        self.assertIsNone(self.rule(account))
        self.assertEqual(ask("PUT", 200, value={"rule": "every 6h", "jitter_minutes": 5, "catch_up": False})["rule"], "every 6h")
        self.assertEqual(self.rule(account), ["every 6h", "UTC", "300", "incremental", "f", "f"])
        self.assertIsNone(ask("POST", 200, path + "/pause")["next_at"])
        self.assertIsNotNone(ask("POST", 200, path + "/resume")["next_at"])
        for value in ({"rule": "sometimes"}, {"rule": 7}, {}, {"rule": "every 6h", "jitter_minutes": -1},
                      {"rule": "every 6h", "jitter_minutes": 2147483653}, {"rule": "every 6h", "jitter_minutes": 1e300}, {"rule": "every 6h", "catch_up": "no"}):
            self.assertIn("detail", ask("PUT", 400, value=value))
        ask("DELETE", 204)
        ask("DELETE", 404)
        self.assertIsNone(self.rule(account))


class History(ActionCase):
    """What syncs did, what the next one would do, and how to undo it."""

    def library(self):
        server = self.simulator(300, albums=20, artists=5)
        account = self.account(server)
        first = self.pipeline.sync(account)
        self.assert_complete(first)
        return server, account, first.sync

    def removed(self, account):
        return {row[0] for row in self.pipeline.sql(f"SELECT id FROM track WHERE removed_at IS NOT NULL "
                                                    f"AND account_id = {self.pipeline.account_id(account)}")}

    def items(self, account, sync):
        """(what, kind, id) of all pages behind each other, as a person who goes on reading."""
        found, path = [], f"/library/{account}/history/{sync}"
        while path:
            text = self.guest.ask(path).text
            rows = re.findall(r"<tr><td>(\w+)</td><td>(\w+)</td><td>.*?<span class=\"dim\">([^<]*)</span>", text)
            self.assertLessEqual(len(rows), 100)
            found += rows
            path = links(text).get("More")
        return found

    def test_what_each_sync_did_is_told_and_what_one_removed_comes_back(self):
        server, account, first = self.library()
        gone = set(server.truth("tracks")[10:15])
        server.edit("remove", index=10, tracks=5)
        server.edit("retag", index=20, tracks=2)
        second = self.pipeline.sync(account, "--mode", "full").sync
        self.assertEqual(self.removed(account), gone)
        text = self.guest.ask(f"/library/{account}/history").text
        shown = [[cell for cell, _ in row] for row in rows(text) if len(row) == 8]
        self.assertEqual((shown[0][1], shown[0][3]), ("", "5"), "none new, five removed")
        self.assertEqual(len(shown), 2)
        self.assertIn("nothing is missing", plain(text))
        self.assertEqual({item for what, kind, item in self.items(account, second) if (what, kind) == ("removed", "track")}, gone)
        self.assertIn(" → ", plain(self.guest.ask(f"/library/{account}/history/{second}").text))
        page = f"/library/{account}/history/{second}"
        self.assertEqual(set(forms(self.guest.ask(page).text)), {"/sign-out"})
        self.assertEqual(self.guest.submit(f"{page}/restore").status, 403)
        self.press(self.anna, page, f"{page}/restore")
        self.assertEqual(self.removed(account), set())
        self.assertEqual(self.audited("removals undone"), [["anna", second]])
        self.assertEqual(self.anna.submit(f"{page}/restore").status, 404, "a second time there is nothing left")
        again = self.pipeline.sync(account, "--mode", "full")
        self.assertEqual(again.categories["tracks"]["held"], 5, "it is held, not removed again")
        [newest, *_] = self.program.ask(f"/api/v1/accounts/{account}/history?category=tracks").json["items"]
        self.assertEqual({key: newest[key] for key in ("sync", "changed", "removed", "undone")},
                         {"sync": second, "changed": 2, "removed": 5, "undone": 5})

    def test_a_history_is_read_page_by_page_and_each_item_comes_once(self):
        server, account, first = self.library()
        added = [item for what, kind, item in self.items(account, first) if (what, kind) == ("added", "track")]
        self.assertEqual(added, sorted(server.truth("tracks")))
        for _ in range(3):
            server.edit("insert", index=0, tracks=1)
            self.pipeline.sync(account)
        seen, page = [], {"next": ""}
        while page["next"] is not None:
            after = page["next"] and f"&after={page['next']}"
            page = self.program.ask(f"/api/v1/accounts/{account}/history?limit=3{after}").json
            seen += [item["sync"] for item in page["items"]]
        self.assertEqual((seen, len(seen)), (sorted(set(seen), reverse=True), 4))
        for query in ("?after=x", "?since=soonish", "?limit=0", "?category=songs"):
            self.assertEqual(self.program.ask(f"/api/v1/accounts/{account}/history{query}").status, 400, query)

    def test_what_the_next_sync_holds_is_foretold(self):
        server, account, sync = self.held()
        text = self.guest.ask(f"/library/{account}/history").text
        self.assertIn("holds 200, if it misses them too", plain(text))
        self.assertEqual(links(text)["Look at them"], f"/syncs/{sync}")

    def test_what_is_not_there_is_told(self):
        _, account, _ = self.library()
        for path in (f"/library/{account}/history/x", f"/library/{account}/history/{UNKNOWN}?from=x", "/library/nobody/history"):
            self.assertEqual(self.guest.ask(path).status, 404, path)
        self.assertEqual(self.guest.ask(f"/library/{account}/history/{UNKNOWN}").status, 200)
