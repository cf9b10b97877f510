"""What every end-to-end test stands on: its pipeline, waiting with a deadline, comparing a library with the truth.

After each test, whatever it was about: no worker ended on its own, no sanitizer spoke, nothing in the audit's view of
violations. When a test fails, the logs' lines since its beginning are shown.
"""
import os
import shutil
import sys
import time
import unittest

import flavours
import library
from library import KINDS
from pipeline import Pipeline
from process import SANITIZER
from simulator import PASSWORD, Simulator

TAIL_LINES = 40


class Case(unittest.TestCase):
    SETTINGS = {}
    PROVIDER = "opensubsonic"
    WORKERS = ("fetcher", "parser", "writer")
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.pipeline = Pipeline(cls.__name__, **cls.SETTINGS)
        cls.addClassCleanup(cls.close)
        cls.simulators = []
        cls.accounts = 0
        cls.users = {}  # of accounts, at the simulator
        cls.failed = False
        cls.pipeline.start(*cls.WORKERS)

    @classmethod
    def close(cls):
        for simulator in cls.simulators:
            simulator.stop()
        leaked = [path.name for path in cls.pipeline.logs() if PASSWORD in path.read_text(errors="replace")]
        cls.pipeline.close()
        if not cls.failed and not leaked and not os.environ.get("E2E_KEEP"):
            shutil.rmtree(cls.pipeline.folder)
        assert not leaked, f"the password stands in {leaked}"

    # ---- around each test ----

    def setUp(self):
        self.seen = {path: path.stat().st_size for path in self.pipeline.logs()}
        self.began = time.monotonic()

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        outcome = super().run(result)
        if len(result.failures) + len(result.errors) > before and hasattr(self, "seen"):
            type(self).failed = True
            self.show_logs()
        return outcome

    def show_logs(self):
        print(f"\n---- {self.id()}; logs in {self.pipeline.folder}", file=sys.stderr)
        for path in self.pipeline.logs():
            lines = self.new_text(path).splitlines()
            for line in lines[-TAIL_LINES:]:
                print(f"  {path.stem:<10} {line[:300]}", file=sys.stderr)
        try:  # the failure may be that Postgres is away: the tests behind this one must still run
            rows = self.pipeline.sql("SELECT at, reason, category, kind, detail FROM sync_reject ORDER BY at DESC LIMIT 5")
        except AssertionError as away:
            rows = [[str(away)]]
        for row in rows:
            print(f"  reject     {' '.join(row)[:300]}", file=sys.stderr)

    def new_text(self, path):
        """What a log has got since the test began."""
        with open(path, "rb") as log:
            log.seek(self.seen.get(path, 0))
            return log.read().decode(errors="replace")

    def tearDown(self):
        print(f"{time.monotonic() - self.began:.1f} s ", end="", file=sys.stderr, flush=True)
        for path in self.pipeline.logs():
            self.assertIsNone(SANITIZER.search(self.new_text(path)), path)
        ended = [f"{worker.name}: {worker.child.returncode}" for worker in self.pipeline.workers.values() if worker.unexpected]
        self.assertEqual(ended, [], "a worker ended on its own")
        self.assertEqual(self.pipeline.sql("SELECT what, detail FROM violation"), [], "what must never happen")

    def wait_until(self, condition, what, seconds=30, every=0.05):
        """The condition's first true value."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > deadline:
                self.fail(f"not within {seconds} s: {what}")
            time.sleep(every)
        return value

    def all_ready(self):
        """After Kafka was away: each worker says so itself. One that was fenced off is started again, and told."""
        for name in self.pipeline.start_fenced():
            print(f"[{name} was fenced off and is started again] ", end="", file=sys.stderr, flush=True)
        return all(worker.get("/readyz")[0] == 200 for worker in self.pipeline.workers.values())

    # ---- surroundings ----

    @classmethod
    def simulator(cls, tracks=1000, **options):
        simulator = Simulator(cls.pipeline.log(f"simulator-{len(cls.simulators) + 1}"), tracks, **options)
        cls.simulators.append(simulator)
        return simulator

    @classmethod
    def account(cls, server, name=None, user="demo"):
        """A new account at a simulator; the simulator must let its user in."""
        cls.accounts += 1
        name = name or f"a{cls.accounts}"
        cls.users[name] = user
        cls.pipeline.add_account(name, server.url, PASSWORD, user=user)
        return name

    def wait_pages(self, sync, count, category="tracks"):
        self.wait_until(lambda: self.pipeline.pages(sync, category) >= count, f"{count} pages of {category} in the ledger")

    def state(self, sync):
        return self.pipeline.value(f"SELECT state FROM sync WHERE sync_id = '{sync}'")

    def wait_state(self, sync, *states, seconds=30):
        return self.wait_until(lambda: (self.state(sync) in states) and self.state(sync), f"sync {sync} is {states}", seconds)

    def assert_seen_to_move(self, report, category):
        """Read once more until it held still, or complete and said to have moved."""
        row = report.categories[category]
        self.assertEqual(row["state"], "complete", row)
        self.assertTrue(row["moved"] or row["walk"] > 0, row)
        if row["moved"]:
            self.assertEqual(row["removed"], 0, "a walk that moved removes nothing")

    def assert_nothing_live_removed(self, account, server, user="demo", categories=tuple(KINDS)):
        for category in categories:
            gone = {row[0] for row in self.pipeline.sql(f"SELECT id FROM removal WHERE category = '{category}' "
                                                        f"AND account_id = {self.pipeline.account_id(account)}")}
            self.assertEqual(gone & set(server.truth(category, user=user)), set(), f"live {category} marked removed")

    def assert_needs_auth(self, account):
        """People see exactly that word, and the command that mends it."""
        self.assertTrue(self.pipeline.status(account)["needs_auth"])
        for words in (["status", account], ["status"], ["account", "list"]):
            shown = self.pipeline.cli(*words).stdout
            self.assertIn("needs_auth", shown, words)
            self.assertIn(f"syncline account login {account}", shown, words)

    # ---- comparing ----

    def rows(self, account, category):
        """[id, name] of the items that are here, by id."""
        return self.stored(library.stored_items(category, self.pipeline.account_id(account)))

    def entries(self, account):
        return self.stored(library.stored_entries(self.PROVIDER, self.pipeline.account_id(account)))

    def entries_of(self, account, playlist):
        """Their ids, in the order of the playlist."""
        rows = sorted((row for row in self.entries(account) if row[0] == playlist), key=lambda row: int(row[1]))
        return [row[2] for row in rows]

    def stored(self, query):
        columns, source = query
        return sorted(self.pipeline.sql(f"SELECT {', '.join(columns)} FROM {source}"))

    def artistless(self, column, value):
        """Albums without any artist: the simulator has some, as real servers do, and they are rejects."""
        return [row[0] for row in self.pipeline.sql(f"SELECT DISTINCT item_id FROM sync_reject WHERE {column} = '{value}' AND kind = 'album' "
                                                    "AND reason = 'missing_field' AND field = 'artist'")]

    def rejected(self, account):
        """Ids of what the server lists and what may be missing here, because it is told as a reject."""
        return set(self.artistless("account_id", self.pipeline.account_id(account)))

    def all_rejected(self, account):
        return {row[0] for row in self.pipeline.sql(
            f"SELECT item_id FROM sync_reject WHERE item_id <> '' AND account_id = {self.pipeline.account_id(account)}")}

    def assert_library(self, account, server, categories=tuple(KINDS)):
        """Every item with its name, and every entry in its place: nothing missing, nothing more."""
        user, rejected = self.users.get(account, "demo"), self.rejected(account)
        for category in categories:
            wanted = sorted(library.items(server, category, user, rejected))
            self.assert_same(self.rows(account, category), wanted, f"{category} of {account}")
        if "playlists" in categories:
            wanted = sorted(library.entries(server, self.PROVIDER, user))
            self.assert_same(self.entries(account), wanted, f"entries of {account}")

    def assert_same_figures(self, account, server):
        """The same for libraries whose lists are long: by their lengths and by a hash of each that Postgres works out itself."""
        user, rejected = self.users[account], self.rejected(account)
        number = self.pipeline.account_id(account)
        wanted = {category: library.items(server, category, user, rejected) for category in KINDS}
        queries = {category: library.stored_items(category, number) for category in KINDS}
        wanted["entries"] = library.entries(server, self.PROVIDER, user)
        queries["entries"] = library.stored_entries(self.PROVIDER, number)
        here = {name: library.fingerprint_of(*self.pipeline.sql(library.fingerprint_query(*query))[0])
                for name, query in queries.items()}
        self.assertEqual(here, {name: library.fingerprint(rows) for name, rows in wanted.items()}, f"count and hash, {account}")
        return here

    def assert_same(self, got, wanted, what):
        """As assertEqual, but short when thousands differ."""
        if text := flavours.difference(got, wanted, what):
            self.fail(text)

    def assert_complete(self, report, **figures):
        causes = [(row["category"], row["state"], row["cause"]) for row in report.categories.values()]
        self.assertEqual(report.state, "complete", f"{report.all['cause']}: {causes}")
        self.assertEqual(report.code, 0)
        for name, value in figures.items():
            value += len(self.artistless("sync_id", report.sync)) if name == "errors" else 0
            self.assertEqual(sum(row[name] for row in report.categories.values()), value, f"{name}: {report.categories}")

    def content(self, account):
        """Every row's id and hash of its content: equal for equal libraries, whatever happened on the way."""
        number = self.pipeline.account_id(account)
        rows = []
        for table, _ in KINDS.values():
            rows += self.pipeline.sql(f"SELECT '{table}', id, content_hash FROM {table} "
                                      f"WHERE account_id = {number} AND removed_at IS NULL ORDER BY id")
        return rows + self.pipeline.sql("SELECT 'entry', playlist_id, position, content_hash FROM playlist_entry "
                                        f"WHERE account_id = {number} ORDER BY playlist_id, position")

    def versions(self, account, tables=("artist", "album", "track", "playlist", "playlist_entry")):
        """Which transaction wrote each row last: the same afterwards, if nothing was written."""
        number = self.pipeline.account_id(account)
        return [row for table in tables
                for row in self.pipeline.sql(f"SELECT '{table}', ctid, xmin, changed_sync FROM {table} "
                                             f"WHERE account_id = {number} ORDER BY ctid")]
