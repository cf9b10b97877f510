"""`syncline serve` as a process, and a visitor with a cookie jar."""
import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

import stack
from process import Process


class Answer:
    def __init__(self, status, headers, body, url):
        self.status, self.headers, self.body, self.url = status, headers, body, url

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class Visitor:
    """A browser without scripts: follows redirects, keeps cookies, finds the proof in the page it came from."""

    def __init__(self, url, context=None, **headers):
        """context: of TLS."""
        self.url, self.headers = url, headers
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar),
                                                  urllib.request.HTTPSHandler(context=context))

    def ask(self, path, method="GET", body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in {**self.headers, **headers}.items()}
        request = urllib.request.Request(self.url + path, method=method, data=body, headers=headers)
        try:
            with self.opener.open(request, timeout=20) as answer:
                return Answer(answer.status, answer.headers, answer.read(), answer.url)
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read(), error.url)

    def proof(self, page="/"):
        return re.search(r'name="csrf" content="([^"]*)"', self.ask(page).text).group(1)

    def submit(self, path, page="/", **fields):
        fields.setdefault("csrf", self.proof(page))
        return self.ask(path, "POST", urllib.parse.urlencode(fields).encode())

    def post(self, path, value=None, **headers):
        return self.ask(path, "POST", json.dumps(value or {}).encode(), Content_Type="application/json", **headers)

    def sign_in(self, name, password):
        return self.submit("/sign-in", page="/sign-in", name=name, password=password, to="/")

    def events(self, path, seconds=20):
        """(event, data) as they come, until the stream ends."""
        headers = {name.replace("_", "-"): value for name, value in self.headers.items()}
        with self.opener.open(urllib.request.Request(self.url + path, headers=headers), timeout=seconds) as stream:
            name, data = None, []
            for line in stream:
                line = line.decode().rstrip("\n")
                if line.startswith("event:"):
                    name = line[6:].strip()
                elif line.startswith("data:"):
                    data.append(line[5:].strip())
                elif not line and name:
                    yield name, "\n".join(data)
                    name, data = None, []


class Console(Process):
    def __init__(self, pipeline, **options):
        self.port = stack.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        words = [stack.BIN / "syncline", "--config", pipeline.settings, "--console-port", self.port]
        for key, value in options.items():
            words += ["--" + key.replace("_", "-"), value]
        super().__init__("serve", [*words, "serve"], pipeline.log(f"serve-{self.port}"))

    def await_ready(self, seconds=30):
        deadline = time.monotonic() + seconds
        while True:
            assert self.child.poll() is None, f"serve ended with {self.child.returncode}: {self.log.read_text()}"
            try:
                if Visitor(self.url).ask("/readyz").status == 200:
                    return self
            except OSError:
                pass
            assert time.monotonic() < deadline, f"serve is not ready after {seconds} s"
            time.sleep(0.05)
