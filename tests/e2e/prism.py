"""Stoplight Prism between Syncline and the simulator: judges every request and every answer by a public description.

The documents are made by tests/openapi/describe.py. Prism lets everything pass and writes down what was wrong.
"""
import collections
import json
import pathlib
import re
import sys
import time

import stack
from process import Process

TOOLS = pathlib.Path(stack.SETTINGS["OPENAPI_TOOLS"])
sys.path.insert(0, str(stack.ROOT / "tests" / "openapi"))
import describe  # noqa: E402  (beside the tables, not beside the tests)

REQUEST = re.compile(r"\[HTTP SERVER\] (\S+ [^ ?]+)")
NOISE = re.compile(r"\x1b\[[0-9;]*m")


class Prism(Process):
    """table: a file of tests/openapi, without its ending. upstream: the server behind."""

    def __init__(self, table, upstream, folder, allowed=True):
        program = TOOLS / "node_modules" / ".bin" / "prism"
        assert program.exists(), f"Prism is not in {TOOLS}: compose/install test"
        port = stack.free_port()
        document, log = folder / f"{table}-{port}.json", folder / f"prism-{port}.log"
        document.write_text(json.dumps(describe.build(table, TOOLS, allowed)), encoding="utf-8")
        log.touch()
        self.url = f"http://127.0.0.1:{port}"
        super().__init__("prism", [program, "proxy", document, upstream, "-h", "127.0.0.1", "-p", port], log)
        deadline = time.monotonic() + 60
        while "Prism is listening" not in log.read_text(encoding="utf-8"):
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"Prism did not start: {log.read_text(encoding='utf-8')[-1000:]}")
            time.sleep(0.05)

    def said(self):
        return NOISE.sub("", self.log.read_text(encoding="utf-8").split("Prism is listening", 1)[1]).splitlines()

    def requests(self):
        """"get /v1/me", in the order in which they came."""
        return [found.group(1) for line in self.said() if (found := REQUEST.search(line))]

    def violations(self):
        """How often each was seen, ids and places in lists left out: "get /v1/me/tracks: response.body.items.N.id must be
        string". Empty: all was well. The request is the last one before it; with several under way it may be another."""
        found, request = collections.Counter(), ""
        for line in self.said():
            if begun := REQUEST.search(line):
                request = re.sub(r"/[A-Za-z0-9]{22}(?=/|$)", "/{id}", begun.group(1))
            if wrong := re.search(r"(?:warning|error|fatal) +(?:Violation: )?(.*)", line):
                found[f"{request}: {self.plain(wrong.group(1))}"] += 1
        return found

    @staticmethod
    def plain(text):
        """Without the place said twice, and without numbers."""
        text = re.sub(r"^(\S+) (?:Response|Request) (?:body property|\S+ parameter) \S+ ", r"\1 ", text)
        return re.sub(r"\.\d+\b", ".N", text)


class Seen:
    """A simulator whose address is that of the Prism before it: for accounts that are to be judged."""

    def __init__(self, simulator, prism):
        self.simulator, self.url = simulator, prism.url

    def __getattr__(self, name):
        return getattr(self.simulator, name)
