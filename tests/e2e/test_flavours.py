"""Complete syncs from servers with different habits, at size."""
import base64
import json
import sys

from case import Case
from simulator import PASSWORD

WAL_MOST = 100  # bytes per row that stayed as it was


class Flavours(Case):
    """The simulator behaves as four real servers do."""

    def sync_flavour(self, flavour, tracks, **options):
        server = self.simulator(tracks, flavour=flavour, **options)
        account = self.account(server, flavour)
        report = self.pipeline.sync(account)
        self.assert_complete(report, errors=0)
        self.assert_library(account, server)
        last = max(name for _, name in server.truth("artists", names=True))
        self.assertIn(last, [name for _, name in self.rows(account, "artists")], "the last artist alphabetically is there")
        return server, account, report

    def test_a_navidrome_with_20000_tracks_is_complete_and_a_second_reading_writes_almost_nothing(self):
        server, account, report = self.sync_flavour("navidrome", 20000, flags=["--gzip"], smart=1)
        self.assertEqual(report.categories["tracks"]["added"], 20000)
        for _ in range(3):
            if (written := self.wal_of_a_full_sync(account)) < WAL_MOST:
                break
        print(f"[{written:.0f} bytes of WAL a row] ", end="", file=sys.stderr, flush=True)
        self.assertLess(written, WAL_MOST, "bytes of WAL per unchanged row")
        self.assertEqual(server.stats()["early"], 0)

    def wal_of_a_full_sync(self, account):
        """Bytes per row, at least: the log is the whole server's, so a checkpoint or another database can only add to it."""
        before = set(map(tuple, self.versions(account)))
        start = self.pipeline.value("SELECT pg_current_wal_insert_lsn()")
        again = self.pipeline.sync(account, "--mode", "full")
        written = int(self.pipeline.value(f"SELECT (pg_current_wal_insert_lsn() - '{start}')::bigint"))
        self.assert_complete(again, added=0, removed=0)
        self.assertEqual(again.categories["tracks"]["stored"], 20000)
        smart = set(map(tuple, self.versions(account))) - before
        self.assertLessEqual(len(smart), 1, "only the smart playlist, whose time of change is new each time")
        return written / len(before)

    def test_a_supysonic_is_complete_although_it_refuses_tokens_and_shows_no_dates_of_change(self):
        self.sync_flavour("supysonic", 3000)

    def test_a_gonic_is_complete_although_its_ids_are_row_numbers(self):
        self.sync_flavour("gonic", 3000)

    def test_a_legacy_server_is_complete_although_its_search_finds_nothing(self):
        server, _, _ = self.sync_flavour("legacy", 1200)
        self.assertGreaterEqual(len(server.log("getAlbum", "id=")), len(server.truth("albums")), "album by album")

    def test_an_unchanged_library_is_not_read_again_in_incremental_mode(self):
        server = self.simulator(800)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        server.reset("log")
        again = self.pipeline.sync(account)
        self.assert_complete(again, added=0, changed=0, removed=0)
        self.assertEqual({row["unchanged"] for row in again.categories.values()}, {True}, again.categories)
        self.assertEqual(server.log("search3"), [])

    def test_five_malformed_of_1000_are_five_errors_with_their_original_bytes_and_the_rest_is_stored(self):
        server = self.simulator(1000)
        server.fault("malformed", items=5, endpoint="search3")
        account = self.account(server)
        sync = self.pipeline.enqueue(account, "--only", "tracks")
        told = self.pipeline.cli("watch", sync)
        self.assertIn("995 of 1,000 items synced (5 errors)", told.stdout)
        rejects = [json.loads(line) for line in self.pipeline.cli("rejects", sync, "--json").stdout.splitlines()]
        self.assertEqual(len(rejects), 5)
        for reject in rejects:
            original = reject.get("original") or base64.b64decode(reject["original_base64"]).decode(errors="replace")
            self.assertIn('"albumId"', original, "the item as the server sent it")
            self.assertTrue(reject["reason"] and reject["text"] and reject["category"] == "tracks", reject)
        self.assertEqual(len(self.rows(account, "tracks")), 995)
        server.reset("faults")
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"), errors=0)
        self.assert_library(account, server)

    def test_an_api_key_signs_in_and_a_wrong_one_is_told(self):
        server = self.simulator(200, api_key="key-" + PASSWORD)
        self.pipeline.add_account("key", server.url, "key-" + PASSWORD, "--auth", "apikey", "--test", user=None)
        self.assert_complete(self.pipeline.sync("key"))
        self.assert_library("key", server)
        self.assertTrue(server.log())
        self.assertEqual(server.log(containing="u=demo"), [], "no user beside a key")
        self.pipeline.add_account("badkey", server.url, "not-it", "--auth", "apikey", user=None)
        report = self.pipeline.sync("badkey")
        self.assertEqual(report.code, 1)
        self.assertIn("key", self.pipeline.status("badkey")["next_step"])

    def test_entries_of_tracks_that_are_not_here_are_kept_and_marked_and_resolve_when_the_tracks_come(self):
        server = self.simulator(300)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account, "--only", "playlists"))
        self.assert_library(account, server, ["playlists"])
        self.assertEqual(self.statuses(account), {"not in the library"})
        self.assertEqual(self.pipeline.value("SELECT count(*) FROM playlist_track WHERE title IS NULL OR artist_name IS NULL "
                                             f"AND account_id = {self.pipeline.account_id(account)}"), "0", "named all the same")
        before = self.versions(account, ["playlist", "playlist_entry"])
        self.assert_complete(self.pipeline.sync(account, "--only", "tracks"))
        self.assertEqual(self.statuses(account), {"here"})
        server.edit("remove", index=server.truth("tracks").index(server.truth("entries")[0][2]), tracks=1)
        for _ in range(2):
            self.assert_complete(self.pipeline.sync(account, "--only", "tracks"))
        self.assertEqual(self.statuses(account), {"here", "removed"})
        self.assert_same(self.versions(account, ["playlist", "playlist_entry"]), before, "nothing had to be written for that")

    def statuses(self, account):
        return {row[0] for row in self.pipeline.sql("SELECT DISTINCT status FROM playlist_track "
                                                    f"WHERE account_id = {self.pipeline.account_id(account)}")}

    def test_an_older_navidrome_that_wants_a_query_gets_one_and_not_the_password(self):
        server = self.simulator(400)
        server.fault("failed", code=10, endpoint="search3", contains="query=&", count=0)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, server)
        self.assertEqual(server.log(containing="p=enc"), [])

    def test_an_album_that_once_says_that_it_is_empty_is_asked_again(self):
        server = self.simulator(400, flavour="legacy")
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        album = server.truth("albums")[3]
        nothing = {"status": "ok", "version": "1.16.1", "album": {"id": album, "name": "Nothing", "songCount": 0}}
        server.fault("status", status=200, body=json.dumps({"subsonic-response": nothing}), endpoint="getAlbum", contains="id=" + album)
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"), removed=0)
        self.assert_library(account, server)

    def test_an_empty_library_is_complete_with_no_rows(self):
        for flavour in ("navidrome", "supysonic", "gonic", "legacy"):
            with self.subTest(flavour):
                account = self.account(self.simulator(0, flavour=flavour))
                self.assert_complete(self.pipeline.sync(account), received=0, errors=0)
                self.assertEqual(self.rows(account, "tracks"), [])


class Removals(Case):
    """Nothing is removed on a suspicion."""

    def library(self, tracks=400):
        server = self.simulator(tracks, albums=20, artists=5)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        return server, account

    def test_few_removed_tracks_are_removed_here_and_come_back_when_the_server_has_them_again(self):
        server, account = self.library()
        gone = set(server.truth("tracks")[10:15])
        server.edit("remove", index=10, tracks=5)
        for _ in range(2):  # the second one for servers whose fence is weak
            self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, server)
        removed = self.pipeline.sql(f"SELECT id FROM track WHERE removed_at IS NOT NULL "
                                    f"AND account_id = {self.pipeline.account_id(account)}")
        self.assertEqual({row[0] for row in removed}, gone, "kept as removed, not deleted")
        server.reset("library")
        server.edit("rescan")
        server.edit("rescan")
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, server)

    def test_a_large_removal_is_held_until_a_person_confirms_it(self):
        server, account = self.library()
        server.edit("remove", index=0, tracks=300)
        for _ in range(2):
            report = self.pipeline.sync(account)
            self.assert_complete(report)
        self.assertEqual(len(self.rows(account, "tracks")), 400, "nothing is removed yet")
        self.assertEqual(report.categories["tracks"]["held"] or self.held(account), 300)
        self.assertGreaterEqual(self.pipeline.status(account)["held"], 300, "told also when the newest sync left the list unread")
        self.assertIn("300", self.pipeline.cli("confirm", account, text="", check=False).stdout)
        self.assertEqual(len(self.rows(account, "tracks")), 400, "looking removes nothing")
        self.pipeline.cli("confirm", account, "--yes")
        self.assert_library(account, server, ["tracks"])

    def held(self, account):
        lines = self.pipeline.cli("confirm", account, "--json").stdout.splitlines()
        return sum(json.loads(line)["held"] for line in lines if json.loads(line)["category"] == "tracks")

    def test_held_items_that_are_back_need_no_confirmation(self):
        server, account = self.library()
        server.edit("remove", index=0, tracks=300)
        for _ in range(2):
            self.pipeline.sync(account)
        server.reset("library")
        server.edit("rescan")
        server.edit("rescan")
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assertEqual(self.held(account), 0)
        self.assert_library(account, server)

    def test_a_library_that_is_suddenly_empty_does_not_empty_the_copy(self):
        server, account = self.library(40)
        server.edit("remove", index=0, tracks=40)
        self.assert_complete(self.pipeline.sync(account))
        self.assertEqual(len(self.rows(account, "tracks")), 40, "one walk that found nothing proves nothing")
