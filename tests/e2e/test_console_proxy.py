"""The console behind nginx, configured as docs/operations.md says."""
import http.client
import json
import re
import ssl
import time
import urllib.parse

import stack
from case import Case
from console import Console, Visitor
from process import Process

PASSWORD = "canary-console-proxy-4c21"


class Nginx(Process):
    """With the manual's server block, on ports of this test and with a certificate of its own."""

    def __init__(self, pipeline, console):
        self.port, folder = stack.free_port(), pipeline.folder
        stack.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                   "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "music.key", "-out", folder / "music.pem"])
        text = (stack.ROOT / "docs/operations.md").read_text(encoding="utf-8")
        block = re.search(r"^```nginx\n(.*?)^```", text, re.MULTILINE | re.DOTALL).group(1)
        for there, here in (("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"), ("/etc/ssl", str(folder)),
                            ("127.0.0.1:8480", f"127.0.0.1:{console.port}")):
            assert there in block, there
            block = block.replace(there, here)
        temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(f"daemon off; pid {folder}/nginx.pid; error_log stderr; events {{}}\n"
                                           f"http {{ access_log off; {temporary}\n{block}}}\n", encoding="utf-8")
        super().__init__("nginx", ["nginx", "-e", "stderr", "-c", folder / "nginx.conf"], pipeline.log("nginx"))
        self.context = ssl.create_default_context(cafile=folder / "music.pem")


class Proxy(Case):
    WORKERS = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pipeline.cli("user", "add", "admin", "--password-stdin", text=PASSWORD + "\n")
        cls.console = Console(cls.pipeline, console_url="https://music.example.org").await_ready()
        cls.addClassCleanup(lambda: cls.console.end())
        cls.nginx = Nginx(cls.pipeline, cls.console)
        cls.addClassCleanup(lambda: cls.nginx.end())
        cls.url = f"https://localhost:{cls.nginx.port}"
        deadline = time.monotonic() + 20
        while True:
            assert cls.nginx.child.poll() is None, cls.nginx.log.read_text()
            try:
                assert Visitor(cls.url, context=cls.nginx.context).ask("/healthz").status == 200
                break
            except OSError:
                assert time.monotonic() < deadline, "nginx does not answer"
                time.sleep(0.05)

    def visitor(self):
        return Visitor(self.url, context=self.nginx.context)

    def test_a_session_lives_on_the_proxy_s_address_and_its_cookie_goes_over_tls_alone(self):
        visitor = self.visitor()
        self.assertEqual(visitor.sign_in("admin", PASSWORD).url, self.url + "/")
        [cookie] = visitor.jar
        self.assertTrue(cookie.secure)
        self.assertEqual(visitor.ask("/settings").status, 200)

    def test_who_came_is_whom_the_proxy_saw_and_not_whom_he_claims_to_be(self):
        connection = http.client.HTTPSConnection("localhost", self.nginx.port, context=self.nginx.context, source_address=("127.0.0.9", 0))
        self.addCleanup(connection.close)
        form = urllib.parse.urlencode({"name": "intruder", "password": "wrong"})
        connection.request("POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": "192.0.2.66"})
        self.assertEqual(connection.getresponse().status, 403)
        self.assertEqual(self.pipeline.sql("SELECT address, action FROM console_audit WHERE who = '(unknown user)'"),
                         [["127.0.0.9", "sign-in refused"]])

    def test_what_happens_is_sent_as_it_happens(self):
        visitor = self.visitor()
        visitor.sign_in("admin", PASSWORD)
        events = visitor.events("/live/overview", seconds=20)
        name, first = next(events)
        self.assertEqual(name, "part")
        self.pipeline.sql("INSERT INTO account (name, provider, url, secret) VALUES ('seen-live', 'opensubsonic', 'http://x', '')")
        for _, data in events:
            if "seen-live" in data:
                break
        self.assertNotIn("seen-live", first)

    def test_a_player_finds_its_endpoint_there(self):
        self.assertIn("subsonic-response", self.visitor().ask("/rest/ping?f=json&c=test&v=1.16.1").text)

    def test_whoever_scrapes_needs_a_token_that_may_read(self):
        visitor = self.visitor()
        refused = visitor.ask("/metrics")
        self.assertEqual((refused.status, refused.headers["WWW-Authenticate"]), (401, "Bearer"))
        token = json.loads(self.pipeline.cli("token", "add", "prometheus", "--scope", "read", "--json").stdout)["token"]
        answer = visitor.ask("/metrics", Authorization=f"Bearer {token}")
        self.assertEqual(answer.status, 200)
        self.assertIn("syncline_accounts ", answer.text)
