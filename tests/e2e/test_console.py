"""The console: who may come, what pages and API tell, and what happens while somebody looks."""
import concurrent.futures
import html.parser
import re
import socket
import threading
import time
import urllib.parse

import stack
from case import Case
from console import Console, Visitor
from page import links

PASSWORD = "canary-console-9e1f"


def own_scripts(page):
    """Elements and attributes of a page that a strict policy forbids; what stands in it as text is none."""
    found = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, attributes):
            names = {name for name, _ in attributes}
            if tag == "style" or (tag == "script" and "src" not in names):
                found.append(tag)
            found.extend(name for name in names if name == "style" or name.startswith("on"))

    Reader().feed(page)
    return found


class ConsoleCase(Case):
    OPTIONS = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prepare()
        cls.console = Console(cls.pipeline, **cls.OPTIONS).await_ready()
        cls.addClassCleanup(lambda: cls.console.end())
        cls.server = cls.simulator(600)

    @classmethod
    def prepare(cls):
        pass

    def tearDown(self):
        self.assertFalse(self.console.unexpected, "serve ended on its own")
        super().tearDown()


class Open(ConsoleCase):
    """Nobody has a password."""

    def setUp(self):
        super().setUp()
        self.visitor = Visitor(self.console.url)

    def test_without_a_password_this_machine_may_do_all_and_other_names_nothing(self):
        self.assertEqual(self.visitor.ask("/").status, 200)
        self.assertEqual(self.visitor.ask("/", Host="music.example.org").status, 421, "no other name may be made to lead here")
        for name in ("X_Forwarded_For", "X_Forwarded_Host", "Forwarded", "Via"):
            self.assertEqual(self.visitor.ask("/", **{name: "192.0.2.7"}).status, 421, "what a proxy leads here may come from anywhere")

    def test_without_a_password_it_refuses_to_listen_elsewhere_or_to_be_led_to_from_elsewhere(self):
        for option, value in (("--console-address", "0.0.0.0"), ("--console-url", "https://music.example.org")):
            with self.subTest(option):
                done = self.pipeline.cli(option, value, "--console-port", str(stack.free_port()), "serve", check=False)
                self.assertEqual(done.returncode, 2)
                self.assertIn("syncline user add", done.stderr)

    def test_what_changes_something_needs_the_proof_of_our_own_page(self):
        for headers in ({}, {"X_CSRF_Token": "0" * 64}, {"X_CSRF_Token": self.visitor.proof(), "Sec_Fetch_Site": "cross-site"}):
            self.assertEqual(self.visitor.post("/api/v1/accounts/none/syncs", **headers).status, 403, headers)
        self.assertEqual(self.visitor.post("/api/v1/accounts/none/syncs", X_CSRF_Token=self.visitor.proof()).status, 404)

    def test_a_sync_is_asked_for_followed_and_seen(self):
        account = self.account(self.server)
        self.server.slow(1500)
        answer = self.visitor.post(f"/api/v1/accounts/{account}/syncs", {"mode": "full"}, X_CSRF_Token=self.visitor.proof())
        self.assertEqual(answer.status, 202, answer.text)
        place = answer.headers["Location"]
        events = []
        for event in self.visitor.events(f"{place}/events", seconds=60):
            events.append(event)
            if len(events) == 3:
                self.server.reset("faults")
        self.assertEqual(events[-1][0], "over")
        self.assertIn('"state":"complete"', events[-2][1].replace(" ", ""))
        self.assertGreater(len(events), 3, "the states between were told")
        sync = self.visitor.ask(place).json
        self.assertEqual(sync["state"], "complete")
        page = self.visitor.ask(f"/syncs/{sync['id']}").text
        self.assertIn("items synced", page)
        self.assertIn("<rect", page, "the ledger is a strip of pages")
        self.assertIn(account, self.visitor.ask("/").text)

    def test_lists_go_on_where_the_page_before_ended_and_none_is_lost(self):
        account = self.account(self.server)
        self.assert_complete(self.pipeline.sync(account))
        seen, after = [], ""
        while after is not None:
            page = self.visitor.ask(f"/api/v1/accounts/{account}/tracks?limit=47&after={after}").json
            seen += [item["id"] for item in page["items"]]
            after = page["next"]
        self.assertEqual(seen, sorted(self.server.truth("tracks"), key=str.encode))

    def test_a_text_that_did_not_change_is_not_sent_again(self):
        first = self.visitor.ask("/api/v1/accounts")
        again = self.visitor.ask("/api/v1/accounts", If_None_Match=first.headers["ETag"])
        self.assertEqual((again.status, again.body), (304, b""))

    def test_an_account_that_is_not_there_is_a_problem_with_the_nearest_name(self):
        account = self.account(self.server)
        answer = self.visitor.ask(f"/api/v1/accounts/{account}x/tracks")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (404, "application/problem+json"))
        self.assertIn(f"did you mean '{account}'", answer.json["detail"])

    def test_a_reject_is_shown_with_its_bytes_and_no_markup_of_it_becomes_ours(self):
        self.pipeline.sql("INSERT INTO sync_reject (topic, kafka_partition, kafka_offset, position, reason, detail, original, item_id, at) "
                          "VALUES ('x', 0, 0, 0, '<script>alert(1)</script>', '\"><img src=x onerror=alert(2)>', "
                          "'<script>alert(3)</script>', '<b>', now())")
        page = self.visitor.ask("/rejects").text
        self.assertNotRegex(page, r"<script>alert|<img src=x|<b>")
        self.assertIn("&lt;script&gt;alert(3)&lt;/script&gt;", page)

    def test_every_link_of_the_pages_leads_somewhere(self):
        account = self.account(self.server)
        report = self.pipeline.sync(account)
        self.assert_complete(report)
        self.pipeline.sql("INSERT INTO sync_reject (account_id, topic, kafka_partition, kafka_offset, position, reason, detail, original, at) "
                          f"VALUES ({self.pipeline.account_id(account)}, 'x', 0, 1, 0, 'missing_field', 'no title', '{{}}', now())")
        waiting, seen, broken = ["/", "/rejects", f"/syncs/{report.sync}"], set(), []
        while waiting and len(seen) < 80:
            path = waiting.pop(0).partition("#")[0]
            if not path.startswith("/") or path in seen:
                continue
            seen.add(path)
            answer = self.visitor.ask(path)
            if answer.status != 200:
                broken.append((path, answer.status))
            elif answer.headers["Content-Type"].startswith("text/html"):
                waiting += links(answer.text).values()
        self.assertEqual(broken, [])
        self.assertLessEqual({f"/library/{account}", "/workers", "/settings", f"/syncs/{report.sync}"}, seen)

    def test_a_sync_that_is_over_was_asked_for_as_long_ago_as_it_is(self):
        account = self.account(self.server)
        sync = self.pipeline.sync(account).sync
        for column in ("queued_at", "started_at", "ended_at"):
            self.pipeline.sql(f"UPDATE sync SET {column} = {column} - interval '3 hours' WHERE sync_id = '{sync}'")
        self.assertIn(">3 h ago</time>", self.visitor.ask(f"/syncs/{sync}").text)

    def test_each_group_of_workers_has_a_name_and_a_colour_of_its_own(self):
        text = self.visitor.ask("/workers").text
        [style] = re.findall(r'href="(/assets/style.css[^"]*)"', text)
        keys = re.findall(r'<span class="key (g\d)">([^<]*)</span>', text)
        self.assertEqual([name for _, name in keys], ["syncline-fetcher", "syncline-fetcher-background", "syncline-parser", "syncline-writer"])
        colours = dict(re.findall(r"\.plot \.(g\d) \{ stroke: (#\w+); \}", self.visitor.ask(style).text))
        self.assertEqual(len({colours[key] for key, _ in keys}), len(keys))

    def test_no_page_has_a_script_or_style_of_its_own(self):
        for path in ("/", "/rejects", "/workers", "/settings", "/sign-in", "/nowhere"):
            answer = self.visitor.ask(path)
            self.assertEqual(own_scripts(answer.text), [], path)
            self.assertIn("script-src 'self'", answer.headers["Content-Security-Policy"])
            self.assertNotIn("unsafe", answer.headers["Content-Security-Policy"])

    def test_the_lag_is_told_under_the_names_that_dashboards_read(self):
        def metrics():
            text = self.visitor.ask("/metrics").text
            return text if "kafka_consumergroup_lag{" in text else None
        text = self.wait_until(metrics, "Kafka has answered")
        group = self.pipeline.prefix + "syncline-writer"
        for name in ("kafka_consumergroup_lag_sum", "kafka_consumergroup_group_lag_seconds"):
            self.assertRegex(text, rf'{name}{{consumergroup="{re.escape(group)}",topic="[^"]*sync.items"}} [0-9.]+\n')
        self.assertRegex(text, rf'kafka_consumergroup_members{{consumergroup="{re.escape(group)}"}} 1\n')
        self.assertNotIn(" -", text, "no figure is negative")

    def test_two_hundred_viewers_cost_no_memory_each_and_all_see_the_change(self):
        account = self.account(self.server)
        sockets = []
        before = self.console.memory_kib()
        for _ in range(200):
            viewer = socket.create_connection(("127.0.0.1", self.console.port))
            viewer.sendall(b"GET /live/overview HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            viewer.settimeout(30)
            sockets.append(viewer)
        self.assert_complete(self.pipeline.sync(account))
        for viewer in sockets:
            text = b""
            while account.encode() not in text or b"complete" not in text:
                got = viewer.recv(65536)
                self.assertTrue(got, "the stream ended")
                text += got
        self.assertLess(self.console.memory_kib() - before, 40 * 1024, "KiB for 200 viewers, with the sanitizer's own")
        for viewer in sockets:
            viewer.close()
        self.assertEqual(self.visitor.ask("/").status, 200)

    def test_slow_and_half_open_clients_harm_nobody(self):
        sockets = []
        for number in range(300):
            slow = socket.create_connection(("127.0.0.1", self.console.port))
            slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " if number % 2 else b"P")
            sockets.append(slow)
        huge = socket.create_connection(("127.0.0.1", self.console.port))
        sent = threading.Thread(target=self.flood, args=(huge,))
        sent.start()
        for _ in range(20):
            self.assertEqual(self.visitor.ask("/workers").status, 200)
        sent.join(30)
        self.assertFalse(sent.is_alive(), "a header of 100 MB is cut off")
        for slow in sockets:
            slow.close()

    @staticmethod
    def flood(connection):
        try:
            connection.sendall(b"GET / HTTP/1.1\r\nX: ")
            for _ in range(1600):
                connection.sendall(b"a" * 65536)
        except OSError:
            pass
        connection.close()

    def test_it_ends_at_once_while_somebody_looks(self):
        other = Console(self.pipeline).await_ready()
        viewer = socket.create_connection(("127.0.0.1", other.port))
        viewer.sendall(b"GET /live/overview HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        viewer.recv(100)
        began = time.monotonic()
        self.assertEqual(other.end(), 0)
        self.assertLess(time.monotonic() - began, 15)
        viewer.close()

    def test_who_asks_again_on_an_open_connection_while_it_ends_gets_an_answer_or_an_end(self):
        other = Console(self.pipeline).await_ready()

        def look(path):
            """As a browser does whose stream ended: again at once, on the same connection."""
            with socket.create_connection(("127.0.0.1", other.port), timeout=10) as viewer:
                try:
                    while True:
                        viewer.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                        if not viewer.recv(1 << 20):
                            return
                except OSError:
                    return
        viewers = [threading.Thread(target=look, args=(path,)) for path in ("/live/overview", "/workers", "/metrics", "/api/v1/lag") * 3]
        for viewer in viewers:
            viewer.start()
        time.sleep(0.3)
        self.assertEqual(other.end(), 0, other.log.read_text())
        for viewer in viewers:
            viewer.join(15)

    def test_rejects_that_were_settled_are_still_shown_at_their_sync(self):
        account = self.account(self.server)
        report = self.pipeline.sync(account)
        self.pipeline.sql("INSERT INTO sync_reject (account_id, sync_id, topic, kafka_partition, kafka_offset, position, reason, detail, original, at, replayed_at) "
                          f"VALUES ({self.pipeline.account_id(account)}, '{report.sync}', 'x', 0, 2, 0, 'missing_field', 'no title here', '{{}}', now(), now())")
        self.assertIn("no title here", self.visitor.ask(f"/syncs/{report.sync}").text)
        self.assertNotIn("no title here", self.visitor.ask("/rejects").text)

    def test_playlists_that_may_not_be_read_are_told_with_the_sync_that_is_complete_without_them(self):
        server = self.simulator(100, playlists=4)
        account = self.account(server)
        for playlist in server.truth("playlists")[:2]:
            server.fault("failed", code=50, body="not yours <b>", endpoint="getPlaylist", contains=f"id={playlist}", count=0)
        report = self.pipeline.sync(account)
        self.assertEqual(report.state, "complete")
        page = self.visitor.ask(f"/syncs/{report.sync}").text
        self.assertIn("2 playlists may not be read: ", page)
        self.assertNotIn("not yours <b>", page)

    def test_a_page_of_large_rejects_ends_early_and_the_next_goes_on_behind_it(self):
        account = self.account(self.server)
        self.pipeline.sql("INSERT INTO sync_reject (account_id, topic, kafka_partition, kafka_offset, position, reason, detail, original, at) "
                          f"SELECT {self.pipeline.account_id(account)}, 'large', 0, n, 0, 'bad_json', 'large', decode(repeat('5c', 65536), 'hex'), now() "
                          "FROM generate_series(1, 150) n")
        found, pages, after = [], 0, ""
        while after is not None:
            answer = self.visitor.ask(f"/api/v1/rejects?limit=500&account={account}" + (f"&after={urllib.parse.quote(after)}" if after else ""))
            self.assertEqual(answer.status, 200, answer.text[:300])
            found += [item["id"] for item in answer.json["items"]]
            pages, after = pages + 1, answer.json["next"]
        self.assertEqual(found, [f"large/0/{n}/0" for n in range(1, 151)])
        self.assertGreater(pages, 1)

    def test_a_parameter_that_is_none_is_refused_in_words(self):
        rows = [("/api/v1/accounts?limit=", "limit must be"), ("/api/v1/accounts?limit=501", "limit must be"),
                ("/api/v1/rejects?after=x", "after must be"), ("/api/v1/syncs?state=lost", "joined"),
                ("/api/v1/accounts?after=%ff", "parameters cannot be read")]
        for path, words in rows:
            with self.subTest(path):
                answer = self.visitor.ask(path)
                self.assertEqual((answer.status, answer.headers["Content-Type"]), (400, "application/problem+json"))
                self.assertIn(words, answer.json["detail"])
        answer = self.visitor.ask("/library?q=%ff")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (400, "text/html; charset=utf-8"))

    def statuses_of_a_crowd(self):
        """... so large that all connections to the database are used."""
        with concurrent.futures.ThreadPoolExecutor(12) as visitors:
            return set(visitors.map(lambda _: Visitor(self.console.url).ask("/").status, range(120)))

    def test_away_from_its_database_it_says_so_to_each_in_his_way_and_nothing_of_the_database(self):
        """Postgres is away for it as soon as its connections are ended and the role may make none."""
        name = self.pipeline.name
        self.assertEqual(self.statuses_of_a_crowd(), {200})
        try:
            self.pipeline.forbid_connections()
            for path, type_, words in (("/", "text/html", "Not now"), ("/api/v1/accounts", "application/problem+json", "Not now"),
                                       ("/rest/ping", "text/xml", "subsonic-response"), ("/rest/ping?f=json", "application/json", "subsonic-response"),
                                       ("/metrics", "application/problem+json", "does not answer"), ("/readyz", "text/plain", "not ready")):
                with self.subTest(path):
                    answer = self.visitor.ask(path)
                    self.assertEqual(answer.status, 503)
                    self.assertTrue(answer.headers["Content-Type"].startswith(type_), answer.headers["Content-Type"])
                    self.assertIn(words, answer.text)
                    self.assertNotIn(name, answer.text)
            self.assertEqual(self.visitor.ask("/healthz").status, 200, "the process itself is well")
        finally:
            self.pipeline.allow_connections()
        self.wait_until(lambda: self.visitor.ask("/").status == 200, "it is back")
        # It has several connections, and Postgres has ended each: nobody may be the one who finds that out.
        self.assertEqual(self.statuses_of_a_crowd(), {200})


class Closed(ConsoleCase):
    """Somebody has a password."""

    @classmethod
    def prepare(cls):
        cls.pipeline.cli("user", "add", "anna", "--password-stdin", text=PASSWORD + "\n")
        cls.pipeline.cli("user", "add", "guest", "--scope", "read", "--password-stdin", text=PASSWORD + "\n")

    def visitor(self, name=None):
        visitor = Visitor(self.console.url)
        if name:
            self.assertEqual(visitor.sign_in(name, PASSWORD).status, 200)
        return visitor

    def token(self, name, scope):
        return self.pipeline.cli("token", "add", name, "--scope", scope).stdout.split()[0]

    def test_who_is_not_signed_in_is_led_there_and_back(self):
        visitor = self.visitor()
        self.assertIn("/sign-in?to=%2Fworkers", visitor.ask("/workers").url)
        answer = visitor.submit("/sign-in", page="/sign-in", name="anna", password=PASSWORD, to="/workers")
        self.assertTrue(answer.url.endswith("/workers"), answer.url)

    def test_nobody_is_led_to_another_site(self):
        for target in ("//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "\n//evil.example"):
            answer = self.visitor().submit("/sign-in", page="/sign-in", name="anna", password=PASSWORD, to=target)
            self.assertEqual(answer.url, self.console.url + "/", target)

    def test_another_site_cannot_sign_anybody_in(self):
        visitor = self.visitor()
        fields = urllib.parse.urlencode({"name": "anna", "password": PASSWORD, "to": "/"}).encode()
        self.assertEqual(visitor.ask("/sign-in", "POST", fields, Sec_Fetch_Site="cross-site").status, 403)
        self.assertEqual(list(visitor.jar), [])

    def test_a_name_of_any_length_is_refused_like_any_other(self):
        answer = self.visitor().sign_in("x" * 3000, "wrong")
        self.assertEqual(answer.status, 403, answer.text)
        self.assertEqual(self.pipeline.value("SELECT count(*) FROM console_audit WHERE who LIKE 'xxx%'"), "0")

    def test_programs_are_told_to_sign_in_in_their_own_way(self):
        visitor = self.visitor()
        self.assertEqual(visitor.ask("/metrics").status, 401)
        self.assertEqual(visitor.ask("/api/v1/accounts").headers["Content-Type"], "application/problem+json")
        self.assertIn('status="failed"', visitor.ask("/rest/ping").text)

    def test_the_cookie_is_for_no_script_and_no_other_site(self):
        jar = self.visitor("anna").jar
        cookie = next(iter(jar))
        self.assertTrue(cookie.has_nonstandard_attr("HttpOnly"))
        self.assertEqual(cookie.get_nonstandard_attr("SameSite"), "Lax")
        stored = self.pipeline.value("SELECT string_agg(digest, ' ') FROM console_session")
        self.assertNotIn(cookie.value, stored, "only a digest of it is stored")

    def test_signing_out_ends_the_session(self):
        visitor = self.visitor("anna")
        value = next(iter(visitor.jar)).value
        visitor.submit("/sign-out")
        self.assertIn("/sign-in", self.visitor().ask("/", Cookie=f"syncline_session={value}").url)

    def test_scopes_hold_for_people_and_for_programs(self):
        account = self.account(self.server)
        rows = [("read", 200, 403, 403), ("operate", 200, 202, 403), ("admin", 200, 202, 303)]
        for scope, read, sync, token in rows:
            with self.subTest(scope):
                program = Visitor(self.console.url, Authorization="Bearer " + self.token(f"t-{scope}", scope))
                self.assertEqual(program.ask("/api/v1/accounts").status, read)
                self.assertEqual(program.post(f"/api/v1/accounts/{account}/syncs").status, sync)
                answer = program.ask("/settings/tokens/remove", "POST", b"name=none",
                                     Content_Type="application/x-www-form-urlencoded")
                self.assertEqual(answer.status == 403, token == 403, answer.text)
        guest = self.visitor("guest")
        answer = guest.post(f"/api/v1/accounts/{account}/syncs", X_CSRF_Token=guest.proof())
        self.assertEqual(answer.status, 403, "who may only look cannot start a sync")

    def test_a_token_that_was_removed_is_refused(self):
        program = Visitor(self.console.url, Authorization="Bearer " + self.token("brief", "read"))
        self.assertEqual(program.ask("/api/v1/accounts").status, 200)
        self.pipeline.cli("token", "remove", "brief")
        answer = program.ask("/api/v1/accounts")
        self.assertEqual((answer.status, answer.headers["WWW-Authenticate"]), (401, "Bearer"))

    def test_wrong_passwords_are_slowed_down_and_written_down(self):
        self.forget_tries()
        visitor = self.visitor()
        statuses = []
        while 429 not in statuses and len(statuses) < 20:  # a machine that is slower than the wait after the fifth needs more of them
            statuses.append(visitor.sign_in("guest", "wrong password").status)
        self.assertEqual(statuses[:5], [403] * 5)
        self.assertEqual(statuses[-1], 429)
        refused = self.pipeline.value("SELECT count(*) FROM console_audit WHERE who = 'guest' AND action = 'sign-in refused'")
        self.assertEqual(refused, str(statuses.count(403)))
        self.forget_tries()

    def test_what_was_typed_as_a_name_is_written_down_only_if_it_is_one(self):
        """It may be the password, typed into the wrong field."""
        self.forget_tries()
        typed = "canary-typed-as-a-name"
        self.pipeline.sql("DELETE FROM console_audit")
        self.assertEqual(self.visitor().sign_in(typed, "anna").status, 403)
        self.assertIn('code="40"', self.visitor().ask(f"/rest/ping?u={typed}&p=anna").text)
        refused = self.pipeline.sql("SELECT who, subject FROM console_audit WHERE action = 'sign-in refused' ORDER BY subject")
        self.assertEqual(refused, [["(unknown user)", ""], ["(unknown user)", "subsonic"]])
        self.assertNotIn(typed.encode(), stack.dump_postgres(self.pipeline.name))
        for path in self.pipeline.logs():
            self.assertNotIn(typed, path.read_text(errors="replace"), path)
        self.forget_tries()

    def forget_tries(self):
        """Failed tries make an address wait, and all tests come from one; a console that starts knows of none."""
        self.console.end()
        self.console.start()
        self.console.await_ready()

    def test_passwords_and_tokens_stand_nowhere_in_clear(self):
        token = self.token("canary", "admin")
        Visitor(self.console.url, Authorization="Bearer " + token).ask("/api/v1/accounts")
        self.visitor("anna")
        dump = stack.dump_postgres(self.pipeline.name)
        for secret in (PASSWORD, token):
            self.assertNotIn(secret.encode(), dump)
            for path in self.pipeline.logs():
                self.assertNotIn(secret, path.read_text(errors="replace"), path)

    def test_a_new_password_ends_the_sessions_of_the_old_one(self):
        self.pipeline.cli("user", "add", "bert", "--password-stdin", text=PASSWORD + "\n")
        visitor = self.visitor("bert")
        self.pipeline.cli("user", "add", "bert", "--password-stdin", text="another long password\n")
        self.assertIn("/sign-in", visitor.ask("/").url)
