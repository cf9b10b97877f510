"""A music server that nobody here wrote: what its own database holds is what must arrive."""
import json
import sys
import tempfile

from case import Case
from library import tidy
from supysonic import Supysonic


class RealServer(Case):
    SETTINGS = {"page_size": 100, "request_timeout_ms": 20000}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Supysonic(tempfile.mkdtemp(prefix="syncline-e2e-supysonic-"))
        cls.addClassCleanup(cls.server.remove)
        cls.password = cls.server.password_file.read_text(encoding="utf-8").strip()
        cls.pipeline.add_account("home", cls.server.url, cls.password, "--test")

    def setUp(self):
        super().setUp()
        self.first = self.pipeline.sync("home")
        self.assert_complete(self.first)

    def here(self, query):
        return self.pipeline.sql(query + f" WHERE account_id = {self.pipeline.account_id('home')} AND removed_at IS NULL")

    def assert_equals_server(self):
        """Row for row what supysonic's sqlite database holds."""
        self.assert_same(sorted(self.here("SELECT id, name FROM artist")),
                         sorted([item, tidy(name)] for item, name in self.server.rows("SELECT id, name FROM artist")), "artists")
        self.assert_same(sorted(self.here("SELECT id, title, artist_id FROM album")),
                         sorted([item, tidy(name), artist] for item, name, artist in
                                self.server.rows("SELECT id, name, artist_id FROM album")), "albums")
        tracks = self.server.rows("SELECT id, title, album_id, artist_id, disc, number, duration, year, genre FROM track")
        self.assert_same(
            sorted(self.here("SELECT id, title, album_id, artist_id, disc, number, duration_ms, "
                             "coalesce(release_date, ''), coalesce(genres[1], '') FROM track")),
            sorted([item, tidy(title), album, artist, str(disc), str(number), str(seconds * 1000),
                    f"{year:04d}" if year else "", tidy(genre or "")]
                   for item, title, album, artist, disc, number, seconds, year, genre in tracks), "tracks")
        self.assert_same(sorted(self.here("SELECT id, name, entry_count FROM playlist")),
                         sorted([item, tidy(name), str(len([e for e in self.server.entries() if e[0] == item]))]
                                for item, name in self.server.rows("SELECT id, name FROM playlist")), "playlists")
        self.assert_same(sorted(self.entries("home")), sorted(self.server.entries()), "entries")

    def sync(self, *options):
        report = self.pipeline.sync("home", *options)
        self.assert_complete(report, errors=0)
        return report

    def test_every_row_of_its_database_is_here(self):
        self.assertGreater(len(self.rows("home", "tracks")), 500)
        self.assert_equals_server()
        self.assertEqual(self.pipeline.value("SELECT count(*) FROM playlist_track WHERE status <> 'here'"), "0")

    def test_a_second_sync_changes_no_row(self):
        before = self.versions("home")
        self.sync()
        self.assert_same(self.versions("home"), before, "versions after an incremental sync")
        least = min(self.wal_of_a_full_sync(before) for _ in range(3))
        print(f"[{least:.0f} bytes of WAL a row] ", end="", file=sys.stderr, flush=True)
        self.assertLess(least, 100, "bytes of WAL per row")

    def wal_of_a_full_sync(self, before):
        """Bytes per row. The log is the whole server's, so a checkpoint or another database can only add to it."""
        start = self.pipeline.value("SELECT pg_current_wal_insert_lsn()")
        report = self.sync("--mode", "full")
        written = int(self.pipeline.value(f"SELECT (pg_current_wal_insert_lsn() - '{start}')::bigint"))
        self.assert_same(self.versions("home"), before, "versions after a full sync")
        self.assertEqual([sum(row[name] for row in report.categories.values()) for name in ("added", "changed", "removed")],
                         [0, 0, 0])
        return written / len(before)

    def test_files_added_retagged_and_deleted_are_reflected(self):
        [single] = [path for path in self.server.files() if "One Song Wonder" in str(path)]
        self.server.copy_album(single.parent.parent, self.server.library / "One More")
        self.server.retag(single, b"Just This", b"Just That")
        next(path for path in self.server.files() if "Opus" in str(path)).unlink()
        lost = {row[0] for row in self.server.rows("SELECT id FROM track")}
        self.server.scan()
        lost -= {row[0] for row in self.server.rows("SELECT id FROM track")}
        self.assertEqual(len(lost), 1)
        report = self.sync()
        tracks = report.categories["tracks"]
        self.assertEqual((tracks["added"], tracks["removed"]), (1, 1))
        self.assert_equals_server()
        removed = self.pipeline.sql("SELECT id FROM track WHERE removed_at IS NOT NULL")
        self.assertEqual({row[0] for row in removed}, lost, "marked as removed, not deleted")
        titles = {row[1] for row in self.rows("home", "tracks")}
        self.assertTrue({"Just That", "Just This"} <= titles)

    def test_edited_playlists_are_reflected(self):
        playlists = dict((name, item) for item, name in self.server.rows("SELECT id, name FROM playlist"))
        songs = [row[0] for row in self.server.rows("SELECT id FROM track ORDER BY title LIMIT 5")]
        order = [songs[3], songs[0], songs[3], songs[3], songs[1]]
        self.server.call("createPlaylist", f"playlistId={playlists['Twice is nice']}", *[f"songId={song}" for song in order])
        self.server.call("updatePlaylist", f"playlistId={playlists['Five hundred']}", "songIndexToRemove=0",
                         "name=Not quite five hundred")
        self.server.call("createPlaylist", "name=Fresh", f"songId={songs[2]}")
        self.server.call("deletePlaylist", f"id={playlists['Nothing yet']}")
        self.sync()
        self.assert_equals_server()
        kept = self.entries_of("home", playlists["Twice is nice"])
        self.assertEqual(kept, order)

    def test_a_playlist_keeps_its_place_for_a_track_reordered_within_the_same_length(self):
        [item] = [row[0] for row in self.server.rows("SELECT id, name FROM playlist WHERE name LIKE '%Nächte%'")]
        before = self.entries_of("home", item)
        self.server.call("createPlaylist", f"playlistId={item}", *[f"songId={song}" for song in reversed(before)])
        self.sync()
        self.assertEqual(self.entries_of("home", item), before[::-1])

    def test_a_wrong_password_fails_and_says_what_to_do(self):
        self.pipeline.add_account("wrong", self.server.url, "not the password")
        report = self.pipeline.sync("wrong")
        self.assertEqual(report.code, 1)
        status = self.pipeline.status("wrong")
        self.assertEqual((status["sync_state"], status["needs_auth"]), ("failed", True))
        self.assertIn("(code 40)", status["cause"])
        self.assertIn("password", status["next_step"])
        done = self.pipeline.cli("account", "add", "wrong2", "--provider", "opensubsonic", "--url", self.server.url, "--user",
                                 "demo", "--password-stdin", text="not it\n", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("nothing was stored", done.stderr)
        self.assertIsNone(self.pipeline.account_id("wrong2"))

    def test_a_server_that_is_away_fails_the_sync_and_keeps_the_library(self):
        before = self.versions("home")
        self.server.down()
        try:
            report = self.pipeline.sync("home", "--mode", "full")
        finally:
            self.server.up()
        self.assertEqual((report.code, report.state), (1, "failed"))
        self.assertIn("did not answer", self.pipeline.status("home")["cause"])
        self.assert_same(self.versions("home"), before, "the library")
        self.sync()
        self.assert_equals_server()

    def test_only_artists_leaves_the_other_categories_as_they_were(self):
        path = next(path for path in self.server.files() if "Zero Length" in path.name)
        self.server.retag(path, b"Zero Length", b"Zero Lenght")
        self.server.scan()
        others = ("album", "track", "playlist", "playlist_entry")
        before = self.versions("home", others)
        library = "SELECT category, epoch, complete_sync FROM library WHERE category <> 'artists' ORDER BY category"
        proofs = self.pipeline.sql(library)
        report = self.sync("--only", "artists", "--mode", "full")
        self.assertEqual(list(report.categories), ["artists"])
        self.assert_same(self.versions("home", others), before, "rows of other categories")
        self.assertEqual(self.pipeline.sql(library), proofs)
        self.sync()
        self.assertIn("Zero Lenght", {row[1] for row in self.rows("home", "tracks")})

    def test_status_tells_counts_and_proof_as_json(self):
        status = self.pipeline.status("home")
        self.assertEqual(status["tracks"], len(self.rows("home", "tracks")))
        self.assertEqual(status["complete_categories"], 4)
        self.assertEqual(json.loads(self.pipeline.cli("status", "--json").stdout.splitlines()[0])["account"], "home")
