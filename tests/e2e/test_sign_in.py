"""Signing in: Spotify in a browser or by a pasted address, again when it was revoked, by the right user; Apple Music with a
key. No worker runs: what is tested is the command, the simulated accounts service and what is stored.

The browser is urllib, which follows the redirect as browsers do. Every output is kept, and looked through for tokens at
the end of each test.
"""
import base64
import json
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import stack
from case import Case

# Access and refresh tokens, and codes of PKCE: whatever the simulator gives that must not be seen.
TOKENS = re.compile(rb"(access|refresh)-[a-z]+-\d|code_verifier")
SCOPES = "user-library-read user-follow-read playlist-read-private playlist-read-collaborative"
USER_TOKEN = "canary-user-token-77"


def browse(url):
    """The page at the end of all redirects: its status and text."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


class SignIn(Case):
    WORKERS = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.simulator(100, flags=("--any-user",), flavour="spotify", client_id="app1")

    def setUp(self):
        super().setUp()
        self.outputs = []
        for what in ("faults", "grants", "log"):
            self.service.reset(what)
        self.pipeline.sql("DELETE FROM account")

    def tearDown(self):
        for text in [*self.outputs, *(path.read_bytes() for path in self.pipeline.logs()),
                     stack.dump_postgres(self.pipeline.name), stack.dump_redis(self.pipeline.redis_database)]:
            content = text if isinstance(text, bytes) else text.encode()
            self.assertIsNone(TOKENS.search(content), "a token in clear")
            self.assertNotIn(USER_TOKEN.encode(), content)
        super().tearDown()

    # ---- the command ----

    def cli(self, *words, text=""):
        done = self.pipeline.cli(*words, text=text, check=False)
        self.outputs.append((done.stdout + done.stderr).encode())
        return done

    def begin(self, *words):
        """Runs a sign-in until it shows its address: the child and the address."""
        command = [stack.BIN / "syncline", "--config", self.pipeline.settings, "account", *words]
        child = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True,
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # also where tests run in the background
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.stdin.close)
        self.addCleanup(child.kill)
        shown = ""
        for line in child.stdout:
            shown += line
            if found := re.search(r"http://\S+/authorize\?\S+", line):
                self.outputs.append(shown.encode())
                return child, found.group(0)
        self.fail(f"no address was shown: {shown}")

    def end(self, child, text=None):
        """What was printed behind the address, and the exit code."""
        if text is not None:
            child.stdin.write(text)
            child.stdin.flush()
        output = child.stdout.read()
        self.outputs.append(output.encode())
        return output, child.wait(20)

    def add_words(self, name="anna", *words):
        return ["add", name, "--provider", "spotify", "--url", self.service.url, "--client-id", "app1", "--redirect-port",
                str(self.port), *words]

    @property
    def port(self):
        if not hasattr(self, "_port"):
            self._port = stack.free_port()
        return self._port

    def add(self, name="anna", *words):
        child, url = self.begin(*self.add_words(name, *words))
        page = browse(url)
        output, code = self.end(child)
        self.assertEqual(code, 0, output)
        return output, page

    def names(self):
        return [row[0] for row in self.pipeline.sql("SELECT name FROM account ORDER BY name")]

    def consent(self, **parameters):
        self.service._call("consent", "POST", **parameters)

    # ---- adding ----

    def test_a_user_who_agrees_in_the_browser_is_signed_in(self):
        output, (status, page) = self.add()
        self.assertIn("Signed in to Spotify as ", output)
        self.assertIn("Next: syncline sync anna --wait", output)
        self.assertEqual(status, 200)
        self.assertIn("You can close this page", page)
        row = json.loads(self.cli("account", "show", "anna", "--json").stdout)
        self.assertEqual((row["provider"], row["auth"], row["sign_in_ends_of"]), ("spotify", "oauth", "the sign-in at Spotify"))
        self.assertEqual([request.method for request in self.service.log()], ["authorize", "token", "me"])
        self.assertIn("with oauth", self.cli("account", "test", "anna").stdout)

    def test_the_address_asks_for_the_four_scopes_and_holds_no_secret(self):
        child, url = self.begin(*self.add_words())
        query = dict(pair.split("=", 1) for pair in url.split("?", 1)[1].split("&"))
        self.assertEqual(query["scope"].replace("%20", " "), SCOPES)
        self.assertEqual(set(query), {"response_type", "client_id", "scope", "redirect_uri", "state", "code_challenge_method",
                                      "code_challenge"})
        self.assertEqual(len(query["code_challenge"]), 43)
        child.kill()

    def test_the_browser_comes_back_to_the_loopback_address_and_not_to_a_name_for_it(self):
        """Spotify takes no `localhost` since November 2025."""
        child, url = self.begin(*self.add_words())
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
        self.assertEqual(query["redirect_uri"], [f"http://127.0.0.1:{self.port}/callback"])
        self.assertEqual((query["response_type"], query["code_challenge_method"]), (["code"], ["S256"]))
        child.terminate()

    def test_an_address_that_is_pasted_signs_in_without_a_listener(self):
        child, url = self.begin(*self.add_words("anna", "--paste"))
        with self.assertRaises(urllib.error.URLError) as refused:
            browse(url)  # nobody listens
        self.assertIsInstance(refused.exception.reason, ConnectionRefusedError)
        output, code = self.end(child, self.redirect_of(url) + "\n")
        self.assertEqual(code, 0, output)
        self.assertEqual(self.names(), ["anna"])

    @staticmethod
    def redirect_of(url):
        """Where the browser is sent, without going there."""
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None
        try:
            urllib.request.build_opener(Stay).open(url, timeout=20)
        except urllib.error.HTTPError as answer:
            return answer.headers["Location"]
        raise AssertionError("no redirect")

    def test_a_pasted_address_of_another_sign_in_is_refused(self):
        child, url = self.begin(*self.add_words("anna", "--paste"))
        other = re.sub(r"state=[0-9a-f]+", "state=" + "0" * 32, self.redirect_of(url))
        output, code = self.end(child, other + "\n")
        self.assertEqual(code, 2)
        self.assertIn("another sign-in", output)
        self.assertEqual(self.names(), [])

    def test_who_refuses_is_told_so_in_the_terminal_and_in_the_browser(self):
        self.consent(deny=1)
        child, url = self.begin(*self.add_words())
        status, page = browse(url)
        output, code = self.end(child)
        self.assertEqual((status, code), (400, 2))
        self.assertIn("answered with Cancel", output)
        self.assertIn("answered with Cancel", page)
        self.assertEqual(self.names(), [])

    def test_an_answer_with_another_state_is_turned_away_and_the_right_one_still_taken(self):
        child, url = self.begin(*self.add_words())
        status, page = browse(f"http://127.0.0.1:{self.port}/callback?code=stolen&state=" + "0" * 32)
        self.assertEqual(status, 400)
        self.assertIn("another sign-in", page)
        self.assertEqual(browse(f"http://127.0.0.1:{self.port}/favicon.ico")[0], 404)
        self.assertEqual(browse(url)[0], 200)
        output, code = self.end(child)
        self.assertEqual(code, 0, output)
        self.assertEqual(len(self.service.log("token")), 1, "the stolen code was not sent anywhere")

    def test_ctrl_c_ends_it_and_nothing_is_stored(self):
        child, _ = self.begin(*self.add_words())
        child.send_signal(signal.SIGINT)
        self.assertEqual(self.end(child)[1], -signal.SIGINT)
        self.assertEqual(self.names(), [])
        self.add()  # the port is free again

    def test_a_port_that_is_taken_is_told_before_anything_is_asked(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", self.port))
            taken.listen()
            done = self.cli("account", *self.add_words())
        self.assertEqual(done.returncode, 2)
        self.assertIn("--redirect-port", done.stderr)

    def test_a_token_endpoint_that_fails_is_no_verdict_on_the_user(self):
        self.service.fault("status", status=503, endpoint="token")
        child, url = self.begin(*self.add_words())
        self.assertEqual(browse(url)[0], 400)
        output, code = self.end(child)
        self.assertEqual(code, 5, output)
        self.assertIn("run the command again later", output)
        self.assertEqual(self.names(), [])

    def test_an_app_that_is_not_known_is_told(self):
        child, url = self.begin(*self.add_words("anna", "--paste"))
        redirect = self.redirect_of(url)
        self.service.fault("status", status=400, endpoint="token",
                           body='{"error":"invalid_client","error_description":"Invalid client"}')
        output, code = self.end(child, redirect + "\n")
        self.assertEqual(code, 2, output)
        self.assertIn("check the app's client id", output)

    def test_a_right_that_was_not_granted_is_told_and_the_rest_goes_on(self):
        self.consent(scope=SCOPES.replace("user-follow-read ", ""))
        output, _ = self.add()
        self.assertIn("did not grant user-follow-read", output)
        self.assertEqual(self.names(), ["anna"])

    def test_what_is_missing_or_of_another_provider_is_refused_before_anything_is_asked(self):
        rows = ((["add", "x", "--provider", "spotify"], "--client-id is missing"),
                (["add", "x", "--provider", "tidal", "--url", "http://x"], "there is opensubsonic, spotify, applemusic"),
                (["add", "x", "--provider", "spotify", "--client-id", "c", "--user", "u"], "--user is for accounts at opensubsonic"),
                (["add", "x", "--provider", "spotify", "--client-id", "c", "--redirect-port", "80"], "from 1024"),
                (["add", "x", "--provider", "applemusic"], "--key-file"),
                (["add", "x", "--provider", "applemusic", "--team-id", "T", "--key-id", "K"], "--key-file is missing"),
                (["login", "nobody"], "there is no account 'nobody'"))
        for words, says in rows:
            done = self.cli("account", *words)
            self.assertIn(done.returncode, (2, 4), words)
            self.assertIn(says, done.stderr)

    # ---- again ----

    def login(self, *words, name="anna"):
        child, url = self.begin("login", name, *words)
        page = browse(url)
        output, code = self.end(child)
        return output, code, page

    def sealed(self):
        return self.pipeline.value("SELECT encode(secret, 'hex') FROM account")

    def test_signing_in_again_after_a_revocation_keeps_account_and_library(self):
        self.add()
        number, sealed = self.pipeline.account_id("anna"), self.sealed()
        self.pipeline.sql(f"INSERT INTO library (account_id, category, items) VALUES ({number}, 'tracks', 7)")
        self.service._call("revoke", "POST", user="demo")
        output, code, _ = self.login()  # the port is remembered
        self.assertEqual(code, 0, output)
        self.assertIn("Account anna is signed in again", output)
        self.assertNotEqual(self.sealed(), sealed)
        self.assertEqual(self.pipeline.account_id("anna"), number)
        self.assertEqual(self.pipeline.value("SELECT items FROM library"), "7")

    def test_another_user_does_not_slip_into_an_account(self):
        self.add()
        sealed = self.sealed()
        self.consent(user="bob")
        output, code, (status, _) = self.login()
        self.assertEqual((code, status), (2, 400))
        self.assertIn("--other-user", output)
        self.assertEqual(self.sealed(), sealed)
        output, code, _ = self.login("--other-user")
        self.assertEqual(code, 0, output)
        self.assertNotEqual(self.sealed(), sealed)

    def test_a_secret_that_cannot_be_read_any_more_is_replaced(self):
        self.add()
        self.pipeline.sql("UPDATE account SET secret = '\\x0102'")
        done = self.cli("account", "login", "anna")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--client-id", done.stderr)
        output, code, _ = self.login("--client-id", "app1", "--redirect-port", str(self.port))
        self.assertEqual(code, 0, output)

    def test_an_opensubsonic_account_gets_a_new_password(self):
        server = self.simulator(10, password="new-password-1")
        done = self.cli("account", "add", "home", "--provider", "opensubsonic", "--url", server.url, "--user", "demo",
                        "--password-stdin", text="wrong\n")
        self.assertIn("then: syncline account add home", done.stderr)  # it is not there to sign in again
        self.pipeline.add_account("home", server.url, "old-password-1")
        done = self.cli("account", "login", "home", "--password-stdin", text="wrong\n")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("nothing was stored", done.stderr)
        self.assertIn("then: syncline account login home", done.stderr)
        done = self.cli("account", "login", "home", "--password-stdin", text="new-password-1\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.cli("account", "test", "home").returncode, 0)

    def test_an_account_that_was_replaced_while_its_password_was_typed_keeps_its_own(self):
        """Removed and added again at another server: that must not be sent the password of the one before."""
        before, now = self.simulator(10, password="of-the-one-before"), self.simulator(10, password="of-this-one")
        self.pipeline.add_account("home", before.url, "old-password-1")
        command = [stack.BIN / "syncline", "--config", self.pipeline.settings, "account", "login", "home", "--password-stdin"]
        child = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)
        self.addCleanup(child.kill)
        self.wait_until(lambda: self.pipeline.sql("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND "
                                                  "state = 'idle' AND query LIKE 'SELECT account_id, name, provider%'"),
                        "the account has been read, and the password is waited for")
        self.cli("account", "remove", "home", "--yes")
        self.pipeline.add_account("home", now.url, "of-this-one")
        output = child.communicate("of-the-one-before\n", timeout=60)[0]
        self.outputs.append(output.encode())
        self.assertIn("was removed meanwhile: nothing was stored", output)
        self.assertEqual(child.returncode, 4, output)
        self.assertEqual(self.cli("account", "test", "home").returncode, 0)
        self.assertEqual(now.log(containing="of-the-one-before"), [])

    def test_two_sign_ins_beside_each_other_do_not_meet(self):
        child, url = self.begin(*self.add_words())
        self._port = stack.free_port()
        other, other_url = self.begin(*self.add_words("ben"))
        pages = [threading.Thread(target=browse, args=(address,)) for address in (other_url, url)]
        for page in pages:
            page.start()
        for page in pages:
            page.join()
        self.assertEqual([self.end(child)[1], self.end(other)[1]], [0, 0])
        self.assertEqual(self.names(), ["anna", "ben"])

    # ---- the access token, for commands that ask ----

    def test_a_command_renews_a_token_that_has_ended_and_stores_it_for_the_fetchers(self):
        service = self.simulator(10, flavour="spotify", token_life=30)  # below the minute that a token must last
        child, url = self.begin("add", "short", "--provider", "spotify", "--url", service.url, "--client-id", "c",
                                "--redirect-port", str(self.port))
        browse(url)
        self.assertEqual(self.end(child)[1], 0)
        for count in (1, 2):
            sealed = self.sealed()
            done = self.cli("account", "test", "short")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotEqual(self.sealed(), sealed)
            self.assertEqual((service.stats()["refreshes"], service.stats()["reused"]), (count, 0))

    def test_a_user_is_known_by_the_id_that_never_changes_and_by_the_one_before(self):
        service = self.simulator(10, flavour="spotify-2026")
        child, url = self.begin("add", "short", "--provider", "spotify", "--url", service.url, "--client-id", "c",
                                "--redirect-port", str(self.port))
        browse(url)
        self.assertEqual(self.end(child)[1], 0)
        known = "SELECT username FROM account WHERE name = 'short'"
        self.assertEqual(self.pipeline.value(known), "acct-demo", "account_id, not id")
        self.pipeline.sql("UPDATE account SET username = 'demo'")  # added before there was an account_id
        output, code, _ = self.login(name="short")
        self.assertEqual(code, 0, output)
        self.assertEqual(self.pipeline.value(known), "acct-demo")

    def test_a_revoked_sign_in_is_told_with_the_exact_command_that_mends_it(self):
        service = self.simulator(10, flavour="spotify", token_life=30)
        child, url = self.begin("add", "short", "--provider", "spotify", "--url", service.url, "--client-id", "c",
                                "--redirect-port", str(self.port))
        browse(url)
        self.assertEqual(self.end(child)[1], 0)
        service._call("revoke", "POST", user="demo")
        for words in (["account", "test", "short"], ["doctor", "--accounts"]):
            done = self.cli(*words)
            self.assertIn("syncline account login short", done.stdout + done.stderr)
        output, code, _ = self.login(name="short")
        self.assertEqual(code, 0, output)
        self.assertEqual(self.cli("account", "test", "short").returncode, 0)

    # ---- Apple Music ----

    def file(self, name, text):
        path = self.pipeline.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def developer_token(self, days):
        parts = ({"alg": "ES256", "kid": "K"}, {"iss": "T", "exp": int(time.time() + days * 86400)})
        encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
        return self.file("developer", ".".join([*encoded, "c2ln"]) + "\n")

    def add_apple(self, *words):
        return self.cli("account", "add", "ben", "--provider", "applemusic", "--no-test", "--user-token-stdin", *words,
                        text=USER_TOKEN + "\n")

    def test_a_developer_token_that_ends_soon_is_told_with_the_command_that_mends_it(self):
        self.assertEqual(self.add_apple("--developer-token-file", self.developer_token(5.5)).returncode, 0)
        for words in (["account", "list"], ["status"], ["doctor"]):
            done = self.cli(*words)
            self.assertIn("Apple's developer token ends in 5 days", done.stdout, words)
            self.assertIn("syncline account login ben", done.stdout, words)
        done = self.cli("account", "login", "ben", "--no-test", "--developer-token-file", self.developer_token(90))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("ends in", self.cli("status").stdout)
        self.assertIn("in 89 days", self.cli("account", "list").stdout)

    def test_a_developer_token_that_has_ended_or_is_none_is_refused(self):
        done = self.add_apple("--developer-token-file", self.developer_token(-1))
        self.assertEqual(done.returncode, 2)
        self.assertIn("has expired", done.stderr)
        done = self.add_apple("--developer-token-file", self.file("word", "word\n"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("no JWT", done.stderr)
        self.assertEqual(self.names(), [])

    def test_a_key_file_that_is_no_key_is_refused_without_being_shown(self):
        done = self.add_apple("--team-id", "T", "--key-id", "K", "--key-file", self.file("key", USER_TOKEN))
        self.assertEqual(done.returncode, 2)
        self.assertIn("no P-256 key", done.stderr)
        (self.pipeline.folder / "key").unlink()
