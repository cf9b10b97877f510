"""The REST API against its own description: Schemathesis (compose/install test) makes requests of every shape from it, right and
wrong ones, and judges each answer: no server error, and no status, type, header or body that the description does not name."""
import os
import subprocess
import sys

import stack
from test_console import ConsoleCase

SEED = 20261129
SECONDS = 14  # for each of the two
# A rule, a zone, an address or a time to come can be a text as described and still be none: only there may what is described be refused.
REFUSABLE = """
[[operations]]
include-operation-id = ["setSchedule", "addWebhook", "pauseAccount"]
checks.positive_data_acceptance.enabled = false
"""


class Schemathesis(ConsoleCase):
    """The sync, its account and what could not be taken are there to be found; who asks may do everything."""

    @classmethod
    def prepare(cls):
        """As soon as somebody has a password, who brings no token is refused."""
        cls.pipeline.cli("user", "add", "anna", "--password-stdin", text="a long password\n")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls.account(cls.server, "home")
        cls.sync = cls.pipeline.sync("home").sync
        cls.playlist = cls.pipeline.value("SELECT playlist_id FROM playlist_entry ORDER BY playlist_id LIMIT 1")
        cls.token = cls.pipeline.cli("token", "add", "schemathesis", "--scope", "admin").stdout.split()[0]

    def judge(self, *words, config=""):
        folder = self.pipeline.folder / self.id().rpartition(".")[2]
        folder.mkdir()
        (folder / "schemathesis.toml").write_text(config + REFUSABLE, encoding="utf-8")
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", folder / "schemathesis.toml", "run",
                   self.console.url + "/api/v1/openapi.yaml", "--header", f"Authorization: Bearer {self.token}", "--seed", SEED,
                   "--max-time", SECONDS, "--request-timeout", 5, "--generation-database", "none", "--no-color", "--warnings", "off",
                   "--suppress-health-check", "all", *words]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=300, cwd=folder,
                              env={**os.environ, "PYTHONPATH": stack.SETTINGS["PYTHON_TOOLS"]})
        self.assertEqual(done.returncode, 0, f"{done.stdout[-8000:]}\n{done.stderr[-2000:]}")
        self.assertIn("No issues found", done.stdout)

    def test_no_request_of_any_shape_gets_an_answer_that_is_not_described(self):
        self.judge()

    def test_what_is_there_is_told_as_it_is_described(self):
        """The same with names that exist, so that lists are read and syncs begun instead of not found."""
        known = {"path.account": "home", "path.sync": self.sync, "path.playlist": self.playlist}
        self.judge(config="[parameters]\n" + "".join(f'"{name}" = "{value}"\n' for name, value in known.items()))
