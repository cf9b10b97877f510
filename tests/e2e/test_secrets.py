"""Secrets, which nobody may meet: after runs in which much goes wrong they stand nowhere but sealed."""
import base64
import json

import stack
from canary import CanaryCase
from simulator import PASSWORD
from spotify import SpotifyCase


class Password(CanaryCase):
    """OpenSubsonic's, also in the hexadecimal form of the protocol."""

    CANARIES = (PASSWORD,)

    def test_a_password_is_nowhere_but_sealed(self):
        plain = self.simulator(300, flavour="supysonic")  # gets the password itself, not a token
        keyed = self.simulator(100, api_key=PASSWORD + "-key")
        account = self.account(plain)
        self.pipeline.add_account("keyed", keyed.url, PASSWORD + "-key", "--auth", "apikey", user=None)
        self.assert_complete(self.pipeline.sync(account))
        self.assert_complete(self.pipeline.sync("keyed"))
        self.pipeline.add_account("wrong", plain.url, PASSWORD + "-wrong")
        self.assertEqual(self.pipeline.sync("wrong").code, 1)
        refused = self.pipeline.cli("account", "add", "refused", "--provider", "opensubsonic", "--url", plain.url, "--user",
                                    "demo", "--password-stdin", text=PASSWORD + "-wrong\n", check=False)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assert_clean(refused.stdout + refused.stderr, "account add")
        for form in (PASSWORD, PASSWORD.encode().hex()):  # a server that repeats what it was sent
            plain.fault("status", status=200, endpoint="search3", count=0, body=json.dumps({"subsonic-response": {
                "status": "failed", "error": {"code": 50, "message": f"p=enc:{form} may not search"}}}))
            report = self.pipeline.sync(account, "--mode", "full")
            self.assertEqual((report.code, report.categories["tracks"]["state"]), (3, "failed"))
            self.assertIn("* may not search", report.categories["tracks"]["cause"])
            plain.reset("faults")
        plain.fault("redirect", to="/elsewhere", count=2)
        plain.fault("status", status=500, count=0)
        self.assertIn(self.pipeline.sync(account, "--mode", "full").code, (1, 3))
        plain.stop()
        self.assertEqual(self.pipeline.sync(account, "--mode", "full").code, 1)
        self.assert_clean_everywhere(account, b"subsonic-response")


class Tokens(CanaryCase, SpotifyCase):
    """What Spotify's and Apple's sign-ins give: an app's secret, access and refresh tokens, a key and what it signs."""

    USER = "canary7d31"
    CLIENT_SECRET = "canary-secret-77aa41"
    SETTINGS = {"rates": "spotify=0,applemusic=0"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        key, public = cls.pipeline.folder / "AuthKey.p8", cls.pipeline.folder / "public.pem"
        stack.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key])
        stack.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public])
        cls.key, cls.public = key, public
        cls.CANARIES = (f"access-{cls.USER}", f"refresh-{cls.USER}", f"user-{cls.USER}", cls.CLIENT_SECRET,
                        key.read_text(encoding="ascii").splitlines()[1], "eyJhbGciOi",
                        base64.b64encode(f"app1:{cls.CLIENT_SECRET}".encode()).decode())

    def test_tokens_are_nowhere_but_sealed_after_a_run_in_which_much_goes_wrong(self):
        server = self.spotify(client_id="app1", client_secret=self.CLIENT_SECRET)
        account = self.account(server, user=self.USER, secret=self.CLIENT_SECRET)
        server.slow(80, "tracks")
        for fault in ({"kind": "status", "status": 500, "endpoint": "tracks", "nth": 2},
                      {"kind": "failed", "status": 429, "retry_after": 1, "endpoint": "tracks", "nth": 4},
                      {"kind": "malformed", "items": 2, "endpoint": "albums"},
                      {"kind": "garbage-gzip", "endpoint": "playlists", "nth": 2},
                      {"kind": "status", "status": 503, "endpoint": "token"}):
            server.fault(**fault)
        sync = self.pipeline.enqueue(account)
        self.wait_pages(sync, 3)
        server.revoke(self.USER, "access")
        self.wait_pages(sync, 5)
        self.pipeline.workers["fetcher-1"].kill()
        self.pipeline.workers["fetcher-1"].start()
        self.assert_synced(self.pipeline.watch(sync))
        server.fault("redirect", to="/elsewhere", endpoint="following", count=0)
        server.fault("failed", status=403, endpoint="albums", count=0, body=f"Bearer access-{self.USER} may not read albums")
        report = self.pipeline.sync(account, "--mode", "full")
        self.assertIn("* may not read albums", report.categories["albums"]["cause"], "a server that repeats the token")
        self.assert_clean_addresses(server)
        server.revoke(self.USER)
        self.assertEqual(self.pipeline.sync(account, "--mode", "full").state, "failed")
        self.assert_needs_auth(account)
        self.assert_clean_everywhere(account, b"snapshot_id")

    def test_a_key_and_what_it_signs_are_nowhere_but_sealed(self):
        server = self.simulator(200, flags=("--any-user",), flavour="applemusic", apple_key=self.public)
        done = self.pipeline.cli("account", "add", "apple", "--provider", "applemusic", "--url", server.url, "--team-id",
                                 "TEAM123456", "--key-id", "KEY1234567", "--key-file", self.key, "--user-token-stdin",
                                 text=server.user_token(self.USER) + "\n")
        self.assert_clean(done.stdout + done.stderr, "account add")
        server.fault("status", status=500, endpoint="songs", nth=2)
        server.fault("redirect", to="/elsewhere", endpoint="artists", nth=2)
        self.pipeline.sync("apple")
        server.fault("failed", status=400, endpoint="albums", count=0, body=f"no such user: user-{self.USER}")
        report = self.pipeline.sync("apple", "--mode", "full")
        self.assertIn("no such user: *", report.categories["albums"]["cause"], "a server that repeats the user's token")
        self.assert_clean_addresses(server)
        server.revoke(self.USER)
        self.assertEqual(self.pipeline.sync("apple", "--mode", "full").state, "failed")
        self.assert_needs_auth("apple")
        self.assert_clean_everywhere("apple", b"library-songs")
