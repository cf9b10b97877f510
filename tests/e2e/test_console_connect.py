"""Accounts in the browser, without scripts: added, synced, signed in again, removed; and what nobody may see or do.

The visitor is urllib with a cookie jar, the provider the simulator. What is secret is looked for everywhere afterwards.
"""
import html
import pathlib
import re
import tempfile
import threading
import urllib.parse

import flavours
import stack
from canary import CanaryCase
from console import Console, Visitor
from page import links, plain
from simulator import PASSWORD

CONSOLE_PASSWORD = "console-8d1e-anna"
WRONG = "canary-wrong-password-3c"
CLIENT_SECRET = "canaryclientsecret31"


def wrong(text):
    """{field: sentence} of the errors that stand beside fields, and None for the one of the whole form."""
    found = {name: plain(words) for name, words in re.findall(r'<strong class="wrong" id="problem-([^"]*)">(.*?)</strong>', text, re.S)}
    for words in re.findall(r'<p class="problem"[^>]*>(.*?)</p>', text, re.S):
        found[None] = plain(words)
    for name in found:
        if name:
            assert re.search(rf'name="{name}"[^>]*aria-describedby="[^"]*problem-{name}[^"]*"[^>]*aria-invalid="true"', text), f"{name} says so"
    return found


class ConnectCase(CanaryCase):
    """anna may do everything, otto operate, the guest look."""

    CANARIES = (PASSWORD, WRONG, CLIENT_SECRET)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, scope in (("anna", "admin"), ("ben", "admin"), ("otto", "operate"), ("guest", "read")):
            cls.pipeline.cli("user", "add", name, "--scope", scope, "--password-stdin", text=CONSOLE_PASSWORD + "\n")
        cls.console = Console(cls.pipeline).await_ready()
        cls.addClassCleanup(lambda: cls.console.end())
        cls.server = cls.simulator(300)

    def setUp(self):
        super().setUp()
        self.server.reset("faults")
        self.shown = []
        self.anna = self.visitor("anna")

    def tearDown(self):
        self.assertFalse(self.console.unexpected, "serve ended on its own")
        for text in self.shown:
            self.assert_clean(text, "a page")
        self.assert_clean(stack.dump_postgres(self.pipeline.name), "Postgres")
        self.assert_clean(self.console.log.read_bytes(), "the log")
        super().tearDown()

    def visitor(self, name):
        visitor = Visitor(self.console.url)
        self.assertEqual(visitor.sign_in(name, CONSOLE_PASSWORD).status, 200)
        return visitor

    def post(self, path, status=200, visitor=None, **fields):
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        answer = (visitor or self.anna).submit(path, **fields)
        self.shown.append(answer.body)
        self.assertEqual(answer.status, status, plain(answer.text))
        return answer

    def new_name(self):
        type(self).accounts += 1
        return f"c{self.accounts}"

    def names(self):
        return {row[0] for row in self.pipeline.sql("SELECT name FROM account")}

    def audited(self, action):
        return self.pipeline.sql(f"SELECT who, subject FROM console_audit WHERE action = '{action}' ORDER BY audit_id")

    def assert_added(self, answer, name, server, flavour=flavours.Flavour("opensubsonic"), user="demo"):
        """Led to its page, whose button syncs it completely."""
        self.assertEqual(urllib.parse.urlsplit(answer.url).path, f"/accounts/{name}")
        self.assertIn(["anna", name], self.audited("account added"))
        started = self.post(f"/accounts/{name}/sync", mode="full")
        sync = started.url.rsplit("/", 1)[1]
        self.wait_state(sync, "complete", seconds=60)
        self.assertEqual(flavour.differences(self.pipeline, name, server, user), [])


class OwnServers(ConnectCase):
    """OpenSubsonic and Jellyfin: an address, a user and a password."""

    def add(self, status=200, name=None, provider="opensubsonic", **fields):
        fields = {"url": self.server.url, "user": "demo", "auth": "auto", "password": PASSWORD, **fields}
        return self.post(f"/accounts/connect/{provider}", status, name=name or self.new_name(), **fields)

    def test_an_opensubsonic_server_is_added_and_synced(self):
        name = self.new_name()
        self.assert_added(self.add(name=name, url=self.server.url + "/rest/"), name, self.server)
        self.assertIn(self.server.url, plain(self.anna.ask("/accounts").text), "without /rest")
        self.assert_clean_everywhere(name, b"subsonic-response")

    def test_a_jellyfin_server_is_added_and_synced(self):
        server = self.simulator(200, flavour="jellyfin", flags=("--any-user",), albums=40, artists=20)
        name = self.new_name()
        self.assert_added(self.add(name=name, provider="jellyfin", url=server.url, auth="password"), name, server, flavours.Jellyfin("jellyfin"))

    def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_stored(self):
        taken = self.new_name()
        self.add(name=taken)
        before = self.names()
        jellyfin = self.simulator(20, flavour="jellyfin")
        rows_ = (({"password": WRONG}, "password", "not taken by the server"),
                 ({"password": ""}, "password", "is missing"),
                 ({"user": ""}, "user", "is missing"),
                 ({"url": ""}, "url", "is missing"),
                 ({"url": "nas:4533"}, "url", "must begin with http"),
                 ({"url": "http://demo:x@nas/"}, "url", "before the @"),
                 ({"name": "Home!"}, "name", "must be 1 to 63"),
                 ({"name": "a" * 500}, "name", "must be 1 to 63"),
                 ({"name": taken}, "name", "another account's"),
                 ({"auth": "magic"}, "auth", "must be auto"),
                 ({"provider": "jellyfin", "auth": "password", "url": jellyfin.url, "password": WRONG}, "password", "not taken by the server"))
        for fields, field, words in rows_:
            with self.subTest(**fields):
                found = wrong(self.add(400, **fields).text)
                self.assertEqual(list(found), [field])
                self.assertIn(words, found[field])
        self.assertEqual(self.names(), before)

    def test_what_was_typed_stays_but_for_the_secret(self):
        text = self.add(400, name="kept.name", user="some one", password=WRONG).text
        for value in ("kept.name", "some one", self.server.url):
            self.assertIn(f'value="{html.escape(value)}"', text)

    def test_what_a_server_says_is_never_shown(self):
        """Addresses at home are allowed, so that a page must be no way to read them."""
        said = "secret-of-the-intranet"
        for status, body in ((200, f"<html>{said}</html>"), (403, said), (500, f'{{"message":"{said}"}}'),
                             (200, f'{{"subsonic-response":{{"status":"failed","error":{{"code":0,"message":"{said}"}}}}}}')):
            for provider, auth in (("opensubsonic", "auto"), ("jellyfin", "password")):
                self.server.fault("status", status=status, body=body, endpoint="", count=0)
                answer = self.add(400, provider=provider, auth=auth)
                self.server.reset("faults")
                self.assertNotIn(said, answer.text)
                self.assertTrue(wrong(answer.text))
        self.assertNotIn(said, self.console.log.read_text())

    def test_a_server_that_is_away_is_told_and_holds_nobody_up(self):
        name, url = self.new_name(), f"http://127.0.0.1:{stack.free_port()}"
        self.assertIn("onnect", wrong(self.add(400, name=name, url=url).text)[None])
        self.assertIn(["anna", f"{name} at {url}"], self.audited("account sign-in failed"))

    def test_a_sign_in_that_takes_long_holds_nobody_up_but_other_sign_ins(self):
        self.server.fault("stall", ms=4000, endpoint="", count=0)
        statuses, other, before = [], self.visitor("ben"), self.server.stats()["faults"]
        form = {"url": self.server.url, "user": "demo", "auth": "token", "password": PASSWORD, "csrf": self.anna.proof()}
        slow = threading.Thread(target=lambda: statuses.append(self.anna.submit("/accounts/connect/opensubsonic", name="slow", **form).status))
        form_of_ben = {**form, "csrf": other.proof()}
        slow.start()
        self.wait_until(lambda: self.server.stats()["faults"] > before, "the slow one waits for the server")
        while slow.is_alive():
            statuses.append(other.submit("/accounts/connect/opensubsonic", name="other", **form_of_ben).status)
            self.assertEqual(other.ask("/accounts").status, 200)
        slow.join()
        self.assertIn(503, statuses, "one is tried at a time")
        self.assertIn(200, statuses)

    def test_an_account_signs_in_again_and_its_stopped_sync_goes_on(self):
        name = self.new_name()
        self.pipeline.add_account(name, self.server.url, WRONG)
        self.assertEqual(self.pipeline.sync(name).state, "failed")
        page = self.anna.ask(f"/accounts/{name}").text
        self.assertIn("needs auth", plain(page))
        self.assertIn(f"/accounts/{name}/sign-in", links(page).values())
        self.assertEqual(list(wrong(self.post(f"/accounts/{name}/sign-in", 400, password=WRONG).text)), ["password"])
        answer = self.post(f"/accounts/{name}/sign-in", password=PASSWORD)
        self.assertIn("/syncs/", answer.url)
        self.wait_state(answer.url.rsplit("/", 1)[1], "complete")
        self.assert_library(name, self.server)
        self.assertIn(["anna", name], self.audited("account signed in again"))
        self.assertIn(["anna", name], self.audited("sync"), "what that began")
        self.assertNotIn("needs auth", plain(self.anna.ask(f"/accounts/{name}").text))

    def test_an_account_is_removed_by_whoever_types_its_name(self):
        name = self.new_name()
        self.add(name=name)
        self.assertEqual(list(wrong(self.post(f"/accounts/{name}/remove", 400, name=name[:-1]).text)), ["name"])
        self.assertIn(name, self.names())
        self.assertEqual(urllib.parse.urlsplit(self.post(f"/accounts/{name}/remove", name=name).url).path, "/accounts")
        self.assertNotIn(name, self.names())
        self.assertIn(["anna", name], self.audited("account removed"))

    def test_no_account_is_removed_without_an_entry_of_who_did_it(self):
        """The entry is part of the change: one that cannot be written takes the change back."""
        name = self.new_name()
        self.add(name=name)
        self.pipeline.sql("ALTER TABLE console_audit ADD CONSTRAINT no_entry CHECK (action <> 'account removed') NOT VALID")
        try:
            self.anna.submit(f"/accounts/{name}/remove", name=name)
            self.assertIn(name, self.names())
        finally:
            self.pipeline.sql("ALTER TABLE console_audit DROP CONSTRAINT no_entry")
        self.post(f"/accounts/{name}/remove", name=name)
        self.assertNotIn(name, self.names())
        self.assertEqual(self.audited("account removed").count(["anna", name]), 1)

    def test_who_may_not_do_everything_may_neither_see_nor_send_a_form(self):
        name = self.new_name()
        self.add(name=name)
        paths = ("/accounts/connect/opensubsonic", "/accounts/connect/spotify", f"/accounts/{name}/sign-in", f"/accounts/{name}/remove")
        for who in ("otto", "guest"):
            visitor = self.visitor(who)
            for path in paths:
                self.assertEqual(visitor.ask(path).status, 403, path)
                self.post(path, 403, visitor=visitor, name=name, url=self.server.url, user="demo", password=PASSWORD)
            self.assertEqual(set(links(visitor.ask("/accounts").text).values()) & set(paths), set())
        self.assertEqual(self.anna.ask("/accounts/connect/opensubsonic", "POST", b"name=x").status, 403, "without the proof")
        self.assertIn(name, self.names())

    def test_a_provider_or_account_that_is_not_there_is_told(self):
        self.assertEqual(self.anna.ask("/accounts/connect/tidal").status, 404)
        self.assertEqual(self.anna.ask("/accounts/nobody/sign-in").status, 404)
        self.assertEqual(self.anna.ask("/accounts/nobody").status, 404)

    def test_accounts_may_have_the_names_of_our_own_words(self):
        for name in ("connect", "sync", "spotify"):
            self.add(name=name)
            for page in ("", "/sign-in", "/schedule", "/remove"):
                self.assertEqual(self.anna.ask(f"/accounts/{name}{page}").status, 200, page)
            self.assertIn("/syncs/", self.post(f"/accounts/{name}/sync", mode="full").url)
            self.assertIn("/syncs/", self.post(f"/accounts/{name}/replay").url)
            self.post(f"/accounts/{name}/remove", name=name)


class Spotify(ConnectCase):
    """Consent, and the way back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.simulator(120, flavour="spotify", albums=20, artists=20, playlists=4, entries=20, flags=("--any-user",))

    def setUp(self):
        super().setUp()
        self.service.reset("faults")
        self.service.reset("grants")

    def begin(self, name, visitor=None, path="/accounts/connect/spotify", **fields):
        """The page that leads to Spotify: its address and the state."""
        fields = {"name": name, "url": self.service.url, "client-id": "app1", "client-secret": CLIENT_SECRET, **fields}
        page = self.post(path, visitor=visitor, **fields).text
        url = links(page)["Go on at Spotify"]
        return url, urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["state"][0]

    def agree(self, url, **consent):
        """Where the browser of somebody who agrees is sent."""
        self.service.consent(**{"user": "demo", **consent})
        return flavours.opened(url)

    def come_back(self, redirect, status=200, visitor=None):
        self.assertTrue(redirect.startswith(f"{self.console.url}/accounts/connect/spotify/callback?"), redirect)
        answer = (visitor or self.anna).ask(redirect.removeprefix(self.console.url), Sec_Fetch_Site="cross-site")
        self.shown.append(answer.body)
        self.assertEqual(answer.status, status, plain(answer.text))
        return answer

    def test_a_user_who_agrees_is_led_back_and_the_library_is_synced(self):
        name = self.new_name()
        url, _ = self.begin(name)
        self.assertNotIn(CLIENT_SECRET, url)
        answer = self.come_back(self.agree(url))
        self.assert_added(answer, name, self.service, flavours.Spotify("spotify"))
        self.assertIn("the sign-in at Spotify ends", plain(self.anna.ask("/accounts").text))

    def test_an_answer_counts_once_and_only_for_the_session_that_asked(self):
        name = self.new_name()
        url, state = self.begin(name)
        redirect = self.agree(url)
        self.come_back(redirect, 400, visitor=self.visitor("ben"))
        self.come_back(redirect, 400, visitor=self.visitor("anna"))
        self.assertNotIn(name, self.names())
        self.come_back(redirect.replace(state, "0" * 32), 400)
        self.come_back(redirect)
        self.assertIn(name, self.names())
        self.come_back(redirect, 400)
        self.assertIn("/sign-in", Visitor(self.console.url).ask(redirect.removeprefix(self.console.url)).url, "who is nobody is asked to sign in")

    def test_who_refuses_is_told_and_nothing_is_stored(self):
        name = self.new_name()
        url, _ = self.begin(name)
        answer = self.come_back(self.agree(url, deny=1), 400)
        self.assertIn("answered with Cancel", plain(answer.text))
        self.assertNotIn(name, self.names())

    def test_an_address_is_pasted_where_the_browser_cannot_come_back(self):
        name = self.new_name()
        url, state = self.begin(name)
        redirect = self.agree(url)
        told = wrong(self.post("/accounts/connect/spotify/paste", 400, state=state, address="http://127.0.0.1/?code=1").text)
        self.assertEqual(list(told), ["address"])
        self.post("/accounts/connect/spotify/paste", 400, state=state, address=redirect.replace(state, "f" * 32))
        answer = self.post("/accounts/connect/spotify/paste", state=state, address=f"  {redirect}\r\n")
        self.assert_added(answer, name, self.service, flavours.Spotify("spotify"))

    def test_another_user_does_not_slip_into_an_account(self):
        name = self.new_name()
        self.come_back(self.agree(self.begin(name)[0]))
        again = f"/accounts/{name}/sign-in"
        url, _ = self.begin(name, path=again, **{"client-id": "", "client-secret": ""})
        answer = self.come_back(self.agree(url, user="bob"), 400)
        self.assertIn("another user", plain(answer.text))
        self.assertEqual(self.pipeline.value(f"SELECT username FROM account WHERE name = '{name}'"), "demo")
        url, _ = self.begin(name, path=again, **{"client-id": "", "client-secret": "", "other-user": "1"})
        self.come_back(self.agree(url, user="bob"))
        self.assertEqual(self.pipeline.value(f"SELECT username FROM account WHERE name = '{name}'"), "bob")

    def test_what_the_token_endpoint_says_is_never_shown(self):
        name = self.new_name()
        redirect = self.agree(self.begin(name)[0])
        self.service.fault("status", status=400, endpoint="token", body='{"error":"other","error_description":"secret-of-the-intranet"}')
        answer = self.come_back(redirect, 400)
        self.assertNotIn("intranet", answer.text)
        self.assertIn("HTTP 400", plain(answer.text))
        self.assertNotIn(name, self.names())

    def test_a_missing_client_id_is_told_at_its_field(self):
        answer = self.post("/accounts/connect/spotify", 400, name=self.new_name(), url=self.service.url)
        self.assertEqual(list(wrong(answer.text)), ["client-id"])


class AppleMusic(ConnectCase):
    """A key with its ids, or a developer token, and the user's token."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.flavour = flavours.AppleMusic("applemusic", cls.folder)
        cls.service = cls.simulator(120, **{**cls.flavour.options(), "albums": 20, "artists": 20, "playlists": 4, "entries": 20},
                                    flags=("--any-user",))
        cls.key = cls.flavour.key.read_text()
        cls.CANARIES = (*ConnectCase.CANARIES, cls.key.splitlines()[1], "user-canary-apple")

    def add(self, status=200, **fields):
        fields = {"name": self.new_name(), "url": self.service.url, "team-id": "TEAM123456", "key-id": "KEY1234567", "key-file": self.key,
                  "user-token-file": self.service.user_token("canary-apple"), **fields}
        return self.post("/accounts/connect/applemusic", status, **fields)

    def test_a_key_and_a_user_token_are_added_and_synced(self):
        name = self.new_name()
        self.assert_added(self.add(name=name, **{"key-file": self.key.replace("\n", "\r\n")}), name, self.service, self.flavour, "canary-apple")
        self.assert_clean_everywhere(name, b"library-songs")

    def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_stored(self):
        before = self.names()
        for fields, field, words in (({"team-id": ""}, "team-id", "is missing"),
                                     ({"key-file": ""}, "key-file", "is missing"),
                                     ({"key-file": "", "key-id": "", "team-id": ""}, "key-file", "is missing"),
                                     ({"key-file": WRONG}, "key-file", "no P-256 key"),
                                     ({"user-token-file": ""}, "user-token-file", "is missing"),
                                     ({"user-token-file": WRONG}, "user-token-file", "not taken by Apple"),
                                     ({"developer-token-file": WRONG}, "developer-token-file", "not wanted beside a key")):
            with self.subTest(field, **fields):
                found = wrong(self.add(400, **fields).text)
                self.assertEqual(list(found), [field])
                self.assertIn(words, found[field])
        self.assertEqual(self.names(), before)
