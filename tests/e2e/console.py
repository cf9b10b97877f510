"""`syncline serve` as a process, asked as browsers and programs do, with and without a sign-in."""
import html
import http.client
import json
import re
import time
import urllib.parse

import stack
from process import Process


class Answer:
    """What came back, whatever it is."""

    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def links(self):
        """{label: address} of the links of a page; the last one of a label."""
        found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', self.text, re.S)
        return {html.unescape(re.sub(r"<[^>]*>", "", label)).strip(): html.unescape(address) for address, label in found}

    @property
    def rows(self):
        """The cells of the body of each table, as text."""
        rows = re.findall(r"<tr>(.*?)</tr>", "".join(re.findall(r"<tbody>(.*?)</tbody>", self.text, re.S)), re.S)
        return [[html.unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
                for row in rows]


class Console(Process):
    """Of a pipeline; answers when the constructor returns."""

    def __init__(self, pipeline, **options):
        self.port = stack.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        words = [stack.BIN / "syncline", "--config", pipeline.settings, "--console-port", self.port]
        for key, value in options.items():
            words += ["--" + key.replace("_", "-"), value]
        log = pipeline.log(f"console-{self.port}")
        super().__init__("console", [*words, "serve"], log)
        deadline = time.monotonic() + 30
        while not self.answers():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the console did not start: {log.read_text(encoding='utf-8')[-1000:]}")
            time.sleep(0.05)

    def answers(self):
        try:
            return self.get("/readyz").status == 200
        except OSError:
            return False

    def get(self, path, method="GET", body=None, **headers):
        """path is a path with its query, percent-encoded; parameters of a form go into body."""
        if isinstance(body, dict):
            body = urllib.parse.urlencode(body)
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})
            return Answer(connection.getresponse())
        finally:
            connection.close()
