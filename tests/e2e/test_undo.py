"""What was removed can be foreseen, seen and undone: `verify --removals`, `history`, `restore`."""
import json
import threading

import stack
from case import KINDS, PASSWORD, Case


class Undo(Case):
    SETTINGS = {"page_size": 100}

    def library(self, tracks=400, **options):
        server = self.simulator(tracks, albums=20, artists=5, **options)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        return server, account

    def lines(self, *words, code=0):
        done = self.pipeline.cli(*words, "--json", check=False)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def foretold(self, account, *words, category="tracks", code=0):
        rows = self.lines("verify", account, "--removals", "--limit", "1000", *words, code=code)
        self.assertEqual([row["category"] for row in rows], list(KINDS))
        return next(row for row in rows if row["category"] == category)

    def removed(self, account):
        return {row[0] for row in self.pipeline.sql(f"SELECT id FROM track WHERE removed_at IS NOT NULL "
                                                    f"AND account_id = {self.pipeline.account_id(account)}")}

    # ---- foreseen ----

    def test_what_the_next_sync_removes_is_foretold_by_name_and_nothing_is_written_for_it(self):
        server, account = self.library()
        gone = set(server.truth("tracks")[10:15])
        self.assertEqual(self.foretold(account, "--ask")["removes"], 0)
        server.edit("remove", index=10, tracks=5)
        before = self.versions(account)
        told = self.foretold(account, "--ask", code=1)
        self.assertEqual((told["removes"], told["holds"], told["one_walk_is_proof"]), (5, 0, True))
        self.assertEqual({item["id"] for item in told["items"]}, gone)
        self.assertEqual(self.foretold(account)["removes"], 0, "the ledger knows nothing of it yet")
        self.assertEqual(self.versions(account), before)
        self.assertIn("removes 5", self.pipeline.cli("verify", account, "--removals", "--ask", check=False).stdout)
        self.assert_complete(self.pipeline.sync(account))
        self.assertEqual(self.removed(account), gone)

    def test_a_large_removal_is_foretold_as_held(self):
        server, account = self.library()
        server.edit("remove", index=0, tracks=300)
        told = self.foretold(account, "--ask", code=1)
        self.assertEqual((told["removes"], told["holds"]), (0, 300))
        self.assertIn("more than 50 items and 20 % of 400", told["text"])
        self.pipeline.sync(account)
        held = self.foretold(account, code=1)
        self.assertEqual((held["held"], held["holds"]), (300, 300), "and after the sync by the ledger alone")

    def test_what_waits_for_a_second_witness_is_told_from_the_ledger(self):
        server = self.simulator(300, flavour="jellyfin")  # tells no time of change: two walks are needed
        account = "jelly"
        self.pipeline.cli("account", "add", account, "--provider", "jellyfin", "--url", server.url, "--user", "demo",
                          "--password-stdin", text=PASSWORD + "\n")
        self.assert_complete(self.pipeline.sync(account))
        self.assertEqual(self.foretold(account, "--ask")["waits"], 0, "all that is listed is here")
        gone = set(server.truth("tracks")[20:24])
        server.edit("remove", index=20, tracks=4)
        asked = self.foretold(account, "--ask")
        self.assertEqual((asked["removes"], asked["waits"]), (0, 4), "the next sync is the first witness")
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assertEqual(self.removed(account), set())
        told = self.foretold(account, code=1)
        self.assertEqual((told["removes"], told["waiting"]), (4, 4))
        self.assertEqual({item["id"] for item in told["items"]}, gone)
        self.assertIn("if it misses them too", told["text"])
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assertEqual(self.removed(account), gone)
        self.assertEqual(self.foretold(account)["text"], "nothing is missing")

    def test_a_server_that_is_only_walked_album_by_album_can_be_asked_too(self):
        server, account = self.library(flavour="legacy")
        self.assertEqual(self.foretold(account, "--ask")["removes"], 0, "every track of every album was seen")
        server.edit("remove", index=3, tracks=2)
        self.assertEqual(self.foretold(account, "--ask", code=1)["removes"], 2)

    def test_a_library_that_was_never_complete_is_told_so(self):
        account = self.account(self.simulator(50))
        self.assertEqual({row["text"] for row in self.lines("verify", account, "--removals")}, {"never synced completely yet"})

    # ---- seen ----

    def changes(self, account, sync, *words):
        return self.lines("history", account, "--sync", sync, "--limit", "100000", *words)

    def test_the_history_tells_every_item_of_a_sync_by_name(self):
        server, account = self.library()
        names = dict(server.truth("tracks", names=True))
        ids = server.truth("tracks")
        server.edit("remove", index=30, tracks=3)
        server.edit("retag", index=0, tracks=2)
        server.edit("insert", index=0, tracks=4)
        report = self.pipeline.sync(account, "--mode", "full")
        self.assert_complete(report)
        [newest, first] = self.lines("history", account)
        self.assertEqual(newest["sync"], report.sync)
        self.assertEqual((newest["removed"], first["removed"]), (3, 0))
        [only] = self.lines("history", account, "--only", "tracks", "--limit", "1")
        self.assertEqual((only["added"], only["changed"], only["removed"]), (4, 2, 3))
        rows = self.changes(account, report.sync, "--only", "tracks")
        by = {change: {row["id"]: row for row in rows if row["change"] == change} for change in ("added", "changed", "removed")}
        self.assertEqual(set(by["removed"]), set(ids[30:33]))
        self.assertEqual(set(by["added"]), set(server.truth("tracks")) - set(ids))
        self.assertEqual(set(by["changed"]), set(ids[:2]))
        for item, row in by["changed"].items():
            self.assertEqual(row["label"], names[item], "under the name it had")
            self.assertIn("title", row["columns"])
            self.assertEqual(row["columns"]["title"], [names[item], dict(server.truth("tracks", names=True))[item]])
        shown = self.pipeline.cli("history", account, "--sync", report.sync).stdout
        self.assertIn("restore", shown)
        self.assertIn(" → ", shown)
        self.assertEqual(self.lines("history", account, "--since", "tomorrow"), [])

    def test_a_sync_of_thousands_of_changes_is_told_page_by_page_and_whole(self):
        server, account = self.library(2500)
        [first] = self.lines("history", account)
        added = [row["id"] for row in self.changes(account, first["sync"]) if row["kind"] == "track"]
        self.assertEqual(added, sorted(server.truth("tracks")), "each once, also across pages of a thousand")
        server.edit("retag", index=0, tracks=2100)
        report = self.pipeline.sync(account, "--mode", "full")
        changed = [row["id"] for row in self.changes(account, report.sync, "--only", "tracks")]
        self.assertEqual(len(changed), 2100)
        self.assertEqual(set(changed), set(server.truth("tracks")[:2100]))
        self.assertEqual(len(self.lines("history", account, "--sync", report.sync, "--limit", "1500")), 1500)

    def test_a_slip_in_the_command_is_told(self):
        _, account = self.library(60)
        for words, code, text in ((("--sync", "x"), 2, "id of a sync"), (("--since", "soonish"), 2, "--since must be a time"),
                                  (("--only", "songs"), 2, "--only must be"),
                                  (("--sync", "01900000-0000-7000-8000-00000000dead"), 4, "has no sync")):
            done = self.pipeline.cli("history", account, *words, check=False)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(text, done.stderr)

    # ---- undone ----

    def test_what_a_sync_removed_comes_back_and_stays_until_it_is_given_up(self):
        server, account = self.library()
        gone = set(server.truth("tracks")[10:15])
        server.edit("remove", index=10, tracks=5)
        report = self.pipeline.sync(account)
        self.assertEqual(self.removed(account), gone)
        dry = self.lines("restore", account, "--sync", report.sync, "--dry-run")
        self.assertEqual({row["id"] for row in dry}, gone)
        self.assertEqual(self.removed(account), gone, "only told")
        said = self.pipeline.cli("restore", account, "--sync", report.sync).stdout
        self.assertIn("restored: 5 tracks", said)
        self.assertIn(f"syncline confirm {account}", said)
        self.assertEqual(self.removed(account), set())
        self.assertEqual(self.foretold(account, "--ask", code=1)["kept"], 5)
        [row] = [row for row in self.lines("history", account) if row["sync"] == report.sync]
        self.assertEqual((row["removed"], row["undone"], row["restored"]), (5, 5, 0))
        for _ in range(2):
            again = self.pipeline.sync(account, "--mode", "full")
            self.assertEqual(again.categories["tracks"]["held"], 5)
            self.assertIn("brought back", again.categories["tracks"]["cause"])
        self.assertEqual(self.removed(account), set(), "no walk takes away what a person brought back")
        self.pipeline.cli("confirm", account, "--yes")
        self.assertEqual(self.removed(account), gone)
        self.assert_library(account, server, ["tracks"])

    def test_a_playlist_comes_back_with_its_entries_by_its_id(self):
        server, account = self.library()
        before = self.entries(account)
        playlist = server.truth("playlists")[1]
        server.edit("playlist-delete", playlist=1)
        for _ in range(2):
            self.pipeline.sync(account)
        self.assertLess(len(self.entries(account)), len(before))
        self.pipeline.cli("restore", account, "--item", playlist)
        self.assertEqual(self.entries(account), before)

    def test_an_id_that_is_not_removed_is_told_and_nothing_is_restored(self):
        server, account = self.library(100)
        gone, alive = server.truth("tracks")[5], server.truth("tracks")[6]
        server.edit("remove", index=5, tracks=1)
        report = self.pipeline.sync(account)
        for words, code, text in ((("--item", gone, "--item", alive), 4, "nothing was restored"), ((), 2, "say what"),
                                  (("--sync", "01900000-0000-7000-8000-00000000dead"), 4, "nothing that sync"),
                                  (("--sync", report.sync, "--only", "albums"), 4, "nothing that sync")):
            done = self.pipeline.cli("restore", account, *words, check=False)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(text, done.stderr)
        self.assertEqual(self.removed(account), {gone})

    def test_it_waits_for_a_writer_that_is_at_work_on_the_library(self):
        server, account = self.library(100)
        gone = set(server.truth("tracks")[5:8])
        server.edit("remove", index=5, tracks=3)
        report = self.pipeline.sync(account)
        writer = stack.open_psql(self.pipeline.name)
        self.addCleanup(writer.stdout.close)
        writer.stdin.write("BEGIN; SELECT category FROM library WHERE category = 'tracks' AND account_id = "
                           f"{self.pipeline.account_id(account)} FOR UPDATE;\n")
        writer.stdin.flush()
        self.assertEqual(writer.stdout.readline().strip(), "tracks")
        restore = threading.Thread(target=self.pipeline.cli, args=("restore", account, "--sync", report.sync))
        restore.start()
        self.wait_until(lambda: self.pipeline.value("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND "
                                                    "a.application_name = 'syncline' AND a.datname = current_database()") != "0",
                        "the restore waits for the lock")
        self.assertEqual(self.removed(account), gone)
        writer.stdin.write("COMMIT;\n")
        writer.stdin.close()
        writer.wait(10)
        restore.join(20)
        self.assertEqual(self.removed(account), set())
