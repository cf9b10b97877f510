"""Pages are parsed again: the rows of a fresh sync, without a request to the provider."""
import json

import stack
from case import Case
from library import tidy
from spotify import SpotifyCase


class ReplayCase(Case):
    """What a test of replays needs whatever the provider."""

    def damage(self, account):
        """As a parser with a mistake would have left it: values that are wrong, rows that are not there."""
        number = self.pipeline.account_id(account)
        for table, column in (("artist", "name"), ("album", "title"), ("track", "title"), ("playlist", "name")):
            self.pipeline.sql(f"UPDATE {table} SET {column} = 'wrong', content_hash = content_hash + 1 "
                              f"WHERE account_id = {number} AND hashtext(id) % 3 = 0")
            self.pipeline.sql(f"DELETE FROM {table} WHERE account_id = {number} AND hashtext(id) % 7 = 1 AND removed_at IS NULL")
        self.pipeline.sql(f"UPDATE playlist_entry SET title = 'wrong', content_hash = content_hash + 1 "
                          f"WHERE account_id = {number} AND position % 3 = 0")
        self.pipeline.sql(f"DELETE FROM playlist_entry WHERE account_id = {number} AND position % 5 = 4")

    def replay(self, account, *options):
        self.replaying = json.loads(self.pipeline.cli("replay", account, "--from-pages", "--json", *options).stdout)["sync"]
        return self.pipeline.watch(self.replaying)

    def library(self, account):
        """What later syncs go by: nothing of it may move."""
        return self.pipeline.sql("SELECT category, complete_sync, complete_walk, previous_sync, complete_at, fence, items "
                                 f"FROM library WHERE account_id = {self.pipeline.account_id(account)} ORDER BY category")

    def known_versions(self, account):
        return self.pipeline.sql(f"SELECT id, entries_version, entries_read_at, entries_short FROM playlist "
                                 f"WHERE account_id = {self.pipeline.account_id(account)} ORDER BY id")

    def assert_replayed(self, account, server, fresh, **where):
        """Damaged, replayed, and equal to what a fresh sync of another account gives."""
        library, asked = self.library(account), len(server.log())
        self.damage(account)
        self.assertNotEqual(self.content(account), self.content(fresh))
        report = self.replay(account, **where)
        self.assertEqual([(row["state"], row["cause"]) for row in report.categories.values()], [("complete", "")] * 4)
        self.assertEqual((report.state, report.code), ("complete", 0))
        self.assert_same(self.content(account), self.content(fresh), "rows as a fresh sync gives them")
        self.assertEqual(len(server.log()), asked, "no request was sent")
        self.assertEqual(sum(row["requests"] for row in report.categories.values()), 0)
        self.assertEqual(self.library(account), library, "what is proved, and when, has not moved")
        return report

    def truncate(self, topic, partition, offset):
        """Retention has passed: what is below the offset is gone."""
        stack.delete_records(self.pipeline.prefix + topic, partition, offset)


class Replay(ReplayCase):
    SETTINGS = {"page_size": 50}

    def synced(self, tracks=500, **options):
        server = self.simulator(tracks, **options)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        return server, account

    def fresh(self, server):
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        return account

    def test_a_replay_gives_the_rows_of_a_fresh_sync_without_a_request(self):
        server, account = self.synced()
        fresh = self.fresh(server)
        report = self.assert_replayed(account, server, fresh)
        self.assertEqual(report.all["mode"], "replay")
        self.assertEqual(report.all["requested_by"], "replay")
        self.assertIn("items replayed", self.pipeline.cli("watch", report.sync).stdout)
        self.assert_replayed(account, server, fresh)
        before = self.versions(account)
        self.assertEqual(self.replay(account).state, "complete")
        self.assertEqual(self.versions(account), before, "a second replay writes no row")

    def test_only_the_categories_asked_for_are_replayed(self):
        server, account = self.synced(200)
        number = self.pipeline.account_id(account)
        self.pipeline.sql(f"UPDATE artist SET name = 'wrong', content_hash = 0 WHERE account_id = {number}")
        self.pipeline.sql(f"UPDATE album SET title = 'wrong', content_hash = 0 WHERE account_id = {number}")
        report = self.replay(account, "--only", "albums")
        self.assertEqual(list(report.categories), ["albums"])
        self.assert_library(account, server, ("albums", "tracks"))
        self.assertEqual({name for _, name in self.rows(account, "artists")}, {"wrong"})

    def test_what_was_removed_since_stays_removed_and_a_replay_is_no_witness(self):
        server, account = self.synced()
        server.edit("remove", tracks=7, index=100)
        self.assert_complete(self.pipeline.sync(account))
        removed = self.pipeline.sql(f"SELECT id, removed_at FROM track WHERE account_id = {self.pipeline.account_id(account)} "
                                    "AND removed_at IS NOT NULL ORDER BY id")
        self.assertEqual(len(removed), 7)
        # A walk that is not complete, read after it, lists what was removed by a person's word.
        fresh = self.fresh(server)
        self.assert_replayed(account, server, fresh)
        self.assertEqual(self.pipeline.sql("SELECT id, removed_at FROM track WHERE "
                                           f"account_id = {self.pipeline.account_id(account)} AND removed_at IS NOT NULL "
                                           "ORDER BY id"), removed)
        self.assertEqual(self.pipeline.value("SELECT count(*) FROM library_change WHERE change = 'restored' "
                                             f"AND account_id = {self.pipeline.account_id(account)}"), "0")

    def test_an_item_that_was_marked_removed_meanwhile_is_not_brought_back(self):
        _, account = self.synced(200)
        number = self.pipeline.account_id(account)
        self.pipeline.sql("UPDATE track t SET removed_at = now(), removed_sync = complete_sync FROM library l WHERE "
                          f"l.account_id = {number} AND category = 'tracks' AND t.account_id = {number} AND hashtext(id) % 5 = 0")
        left = self.rows(account, "tracks")
        self.damage_titles(number)
        self.assertEqual(self.replay(account).state, "complete")
        self.assertEqual(self.rows(account, "tracks"), left)

    def damage_titles(self, number):
        self.pipeline.sql(f"UPDATE track SET title = 'wrong', content_hash = 1 WHERE account_id = {number}")

    def test_what_a_later_walk_that_failed_has_read_is_newer_and_wins(self):
        server, account = self.synced(500)
        server.edit("retag", index=0, tracks=200)
        server.fault("status", status=500, endpoint="search3", nth=4, count=0)
        report = self.pipeline.sync(account, "--mode", "full")
        self.assertEqual(report.state, "partial")
        server.reset("faults")
        wanted = self.content(account)
        self.damage(account)
        self.assertEqual(self.replay(account).state, "complete")
        self.assert_same(self.content(account), wanted, "pages of the failed walk too")
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, server)

    def test_a_later_incremental_sync_does_what_it_would_have_done(self):
        server, account = self.synced(300)
        self.assertEqual(self.replay(account).state, "complete")
        report = self.pipeline.sync(account)
        self.assertEqual({row["unchanged"] for row in report.categories.values()}, {True}, report.categories)
        server.edit("retag", index=0, tracks=20)
        self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, server)

    def test_a_sync_waits_for_a_replay_and_a_replay_for_a_sync(self):
        server, account = self.synced(500)
        server.slow(100)
        sync = self.pipeline.enqueue(account, "--mode", "full")
        self.wait_pages(sync, 1)
        report = self.replay(account)
        self.assertEqual(report.state, "complete")
        self.assertEqual(report.sync, self.replaying, "not joined")
        self.assertEqual(self.state(sync), "complete")
        self.assertGreaterEqual(self.pipeline.value(f"SELECT started_at FROM sync WHERE sync_id = '{report.sync}'"),
                                self.pipeline.value(f"SELECT ended_at FROM sync WHERE sync_id = '{sync}'")[:19])

    def test_a_replay_whose_turn_comes_after_a_whole_sync_still_reads_kafka(self):
        server, account = self.synced(200)
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        # The row of a request whose job has not come: older than that sync, and older than the reconciler's patience.
        sync = self.pipeline.value(
            "INSERT INTO sync (sync_id, account_id, mode, categories, queued_at) SELECT gen_random_uuid(), account_id, 'replay', "
            f"'artists,albums,tracks,playlists', now() - interval '1 hour' FROM account WHERE name = '{account}' RETURNING sync_id")
        asked = len(server.log())
        report = self.pipeline.watch(sync)
        self.assertEqual((report.state, report.sync), ("complete", sync), "not joined to the sync that asked the provider")
        self.assertEqual({row["received"] > 0 for row in report.categories.values()}, {True}, report.categories)
        self.assertEqual(len(server.log()), asked, "no request was sent")
        self.assert_library(account, server)

    def test_a_fetcher_that_is_killed_leaves_a_replay_that_goes_on(self):
        server, account = self.synced(2000)
        fresh = self.fresh(server)
        self.damage(account)
        asked = len(server.log())
        sync = json.loads(self.pipeline.cli("replay", account, "--json").stdout)["sync"]
        self.wait_until(lambda: self.pipeline.pages(sync, "albums") >= 1, "pages of albums in the ledger")
        for kind in ("fetcher", "parser", "writer"):
            worker = self.pipeline.workers[f"{kind}-1"]
            worker.kill()
            worker.start()
        report = self.pipeline.watch(sync)
        self.assertEqual(report.state, "complete", report.all)
        self.assert_same(self.content(account), self.content(fresh), "rows as a fresh sync gives them")
        self.assertEqual(len(server.log()), asked)

    def test_pages_that_retention_took_are_named_and_the_rest_is_replayed(self):
        server, account = self.synced(500)
        number = self.pipeline.account_id(account)
        place = self.places(account, "tracks")
        self.truncate("sync.pages", place[2][0], place[2][1] + 1)  # pages 0 to 2 of tracks
        self.pipeline.sql(f"UPDATE album SET title = 'wrong', content_hash = 0 WHERE account_id = {number}")
        self.damage_titles(number)
        report = self.replay(account)
        self.assertEqual((report.state, report.code), ("partial", 3))
        tracks = report.categories["tracks"]
        self.assertRegex(tracks["cause"], r"no longer has 3 of the 11 pages, from page 0 on, of the complete walk of 20\d\d-")
        self.assertEqual(tracks["next_step"], f"syncline sync {account} --mode full")
        right = sum(name != "wrong" for _, name in self.rows(account, "tracks"))
        self.assertEqual(right, tracks["stored"])
        self.assertEqual(right, 500 - 3 * 50 + 0)
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, server)

    def test_a_replay_whose_start_kafka_has_lost_is_begun_anew(self):
        server, account = self.synced(200)
        parser = self.pipeline.workers["parser-1"]
        parser.end()
        replay = json.loads(self.pipeline.cli("replay", account, "--from-pages", "--only", "tracks", "--json").stdout)["sync"]
        topic, key = self.pipeline.prefix + "sync.pages", f"{account}/tracks"
        mark = self.wait_until(lambda: [place for place in stack.places(topic, key, replay.encode())], "the replay's start")[0]
        self.truncate("sync.pages", mark[0], mark[1] + 1)
        parser.start()
        report = self.pipeline.watch(replay)
        self.assertEqual(report.state, "failed", "nothing was left to be parsed")
        self.assertIn("Kafka no longer has 5 of the 5 pages", report.categories["tracks"]["cause"])
        self.assertIn("nothing is on its way", self.new_text(self.pipeline.log("fetcher-1")))
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        self.assert_library(account, server)

    def test_a_replay_leaves_what_a_cancelled_sync_has_read_too_late(self):
        server, account = self.synced(500)
        writer = self.pipeline.workers["writer-1"]
        server.edit("retag", index=0, tracks=300)
        before = self.content(account)
        writer.end()
        sync = self.pipeline.enqueue(account, "--mode", "full", "--only", "tracks")
        topic, key = self.pipeline.prefix + "sync.pages", f"{account}/tracks"
        self.wait_until(lambda: stack.places(topic, key, b"walk_end")[1:], "the fetcher is through")
        self.pipeline.cli("cancel", sync)
        writer.start()
        report = self.replay(account, "--only", "tracks")
        self.assertEqual(report.state, "complete", report.all)
        self.assert_same(self.content(account), before, "what the cancelled sync read is not written")

    def places(self, account, category):
        """[partition, offset] of each page of the category in sync.pages, oldest first."""
        return stack.places(self.pipeline.prefix + "sync.pages", f"{account}/{category}", b"raw_page")


class SpotifyReplay(ReplayCase, SpotifyCase):
    def test_playlists_that_a_later_sync_left_unread_are_taken_from_the_pages_of_an_older_one(self):
        server = self.spotify()
        account = self.account(server)
        self.assert_synced(self.pipeline.sync(account))
        server.edit("playlist-shuffle", playlist=0, seed=5)
        server.edit("playlist-delete", playlist=3)
        asked = len(server.log("playlist"))
        self.assert_synced(self.pipeline.sync(account))
        self.assertLess(len(server.log("playlist")) - asked, asked, "some were left unread")
        self.assert_synced(self.pipeline.sync(account))
        self.pipeline.cli("confirm", account, "--yes")
        self.assert_same(self.rows(account, "playlists"), sorted([item, tidy(name)] for item, name in
                                                                 server.truth("playlists", names=True)), "playlists")
        wanted, known = self.content(account), self.known_versions(account)
        number = self.pipeline.account_id(account)
        library, asked = self.library(account), len(server.log())
        self.damage_rows(number)
        report = self.replay(account)
        self.assertEqual(report.state, "complete", report.categories)
        self.assert_same(self.content(account), wanted, "rows as they were")
        self.assert_library(account, server, ("artists", "albums", "tracks"))
        self.assertEqual(self.library(account), library)
        self.assertEqual(self.known_versions(account), known, "the next sync leaves them unread as before")
        self.assertEqual(len(server.log()), asked, "no request was sent")

    def damage_rows(self, number):
        for table, column in (("artist", "name"), ("album", "title"), ("track", "title"), ("playlist", "name")):
            self.pipeline.sql(f"UPDATE {table} SET {column} = 'wrong', content_hash = content_hash + 1 "
                              f"WHERE account_id = {number} AND removed_at IS NULL")
        listed = (f"account_id = {number} AND playlist_id IN "
                  f"(SELECT id FROM playlist WHERE account_id = {number} AND removed_at IS NULL)")
        self.pipeline.sql(f"DELETE FROM playlist_entry WHERE position % 2 = 1 AND {listed}")
        self.pipeline.sql(f"UPDATE playlist_entry SET title = 'wrong', content_hash = content_hash + 1 WHERE {listed}")
