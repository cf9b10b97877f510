"""Exports: everything is in them, in a form that other programs read, from the command and from the pages alike."""
import collections
import csv
import io
import json
import os
import subprocess
import urllib.parse
import xml.etree.ElementTree

import stack
from case import KINDS, Case
from console import Console, Visitor
from process import Process

XSPF = "{http://xspf.org/ns/0/}"


class Exports(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.console = Console(cls.pipeline).await_ready()
        cls.addClassCleanup(cls.console.end)
        cls.visitor = Visitor(cls.console.url)
        cls.server = cls.simulator(800, entries=60)
        cls.account(cls.server, "home")
        cls.pipeline.sync("home")
        cls.number = cls.pipeline.account_id("home")

    def export(self, *options, check=True):
        """Its output, byte for byte."""
        words = [stack.BIN / "syncline", "--config", self.pipeline.settings, "export", "home", *options]
        return stack.run(words, text=b"", check=check).stdout.decode()

    def csv(self, *options):
        return list(csv.DictReader(io.StringIO(self.export(*options), newline=""), strict=True))

    def playlist(self):
        return self.rows("home", "playlists")[0][0]

    def in_order(self):
        return sorted(self.entries("home"), key=lambda row: (row[0], int(row[1])))

    # ---- CSV ----

    def test_csv_holds_every_item_and_every_entry_once(self):
        rows = self.csv()
        for kind in KINDS:
            with self.subTest(kind):
                here = [[row["id"], row["name"].removeprefix("'")] for row in rows if row["kind"] == kind[:-1]]
                wanted = [[item, name.removeprefix("'")] for item, name in self.rows("home", kind)]
                self.assert_same(sorted(here), sorted(wanted), kind)
        self.assertEqual([[row["playlist_id"], row["position"], row["id"]] for row in rows if row["kind"] == "entry"], self.in_order())

    def test_csv_keeps_quotes_commas_and_breaks_and_runs_nothing_in_a_spreadsheet(self):
        number, track = self.number, self.rows("home", "tracks")[3][0]
        for title, cell in (('He said "no", then\r\nleft; etc.', 'He said "no", then\r\nleft; etc.'), ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
                            ("+44", "'+44"), ("-", "'-"), ("@home", "'@home"), ("Ünï ☃ 東京", "Ünï ☃ 東京")):
            with self.subTest(title):
                self.pipeline.sql(f"UPDATE track SET title = $x${title}$x$ WHERE account_id = {number} AND id = '{track}'")
                self.assertEqual([row["name"] for row in self.csv("--only", "tracks") if row["id"] == track], [cell])
        self.assertTrue(all(line.endswith("\r") for line in self.export("--only", "artists").split("\n")[:-1]))

    # ---- JSON ----

    def test_json_holds_every_column_that_is_stored(self):
        whole = json.loads(self.export("--format", "json"))
        self.assertEqual((whole["account"], whole["provider"]), ("home", "opensubsonic"))
        for kind, (table, name) in KINDS.items():
            with self.subTest(kind):
                self.assert_same(sorted([row["id"], row[name]] for row in whole[kind]), sorted(self.rows("home", kind)), kind)
        self.assertEqual([[row["playlist_id"], str(row["position"]), row.get("track_id", "")] for row in whole["entries"]], self.in_order())
        stored = self.pipeline.sql(f"SELECT id, duration_ms, array_to_string(isrcs, ' ') FROM track WHERE account_id = {self.number}")
        self.assertEqual(sorted([row["id"], str(row["duration_ms"]), " ".join(row.get("isrcs", []))] for row in whole["tracks"]), sorted(stored))

    # ---- lists to play ----

    def test_m3u8_is_a_playlist_in_its_order_with_its_doubles(self):
        playlist = self.playlist()
        paths = dict(self.pipeline.sql(f"SELECT id, path FROM track WHERE account_id = {self.number}"))
        lines = self.export("--format", "m3u8", "--playlist", playlist).splitlines()
        self.assertEqual(lines[0], "#EXTM3U")
        self.assertEqual([line for line in lines if not line.startswith("#")],
                         [paths.get(track, f"syncline:home/track/{track}") for track in self.entries_of("home", playlist) if track])

    def test_xspf_is_valid_and_holds_all_tracks_also_names_that_xml_must_escape(self):
        track = self.rows("home", "tracks")[7][0]
        self.pipeline.sql(f"UPDATE track SET title = '<b>&amp;\"]]>' || chr(8), path = 'a b/ü&.flac' WHERE account_id = {self.number} "
                          f"AND id = '{track}'")
        root = xml.etree.ElementTree.fromstring(self.export("--format", "xspf"))
        self.assertEqual((root.tag, root.get("version")), (XSPF + "playlist", "1"))
        tracks = root.findall(f"{XSPF}trackList/{XSPF}track")
        self.assertEqual(len(tracks), len(self.rows("home", "tracks")))
        titles = collections.Counter(track.findtext(XSPF + "title") for track in tracks)
        self.assertEqual(titles['<b>&amp;"]]>'], 1)
        self.assertIn("a%20b/%C3%BC%26.flac", [track.findtext(XSPF + "location") for track in tracks])
        order = ["location", "identifier", "title", "creator", "annotation", "info", "image", "album", "trackNum", "duration"]
        for item in tracks:
            places = [order.index(child.tag.removeprefix(XSPF)) for child in item]
            self.assertEqual(places, sorted(set(places)))

    def test_an_address_of_the_provider_is_one_that_xml_and_uris_can_hold(self):
        track = self.rows("home", "tracks")[9][0]
        self.pipeline.sql(f"UPDATE track SET path = 'https://music.example/a b?<x>&y=\"1\"' WHERE account_id = {self.number} AND id = '{track}'")
        root = xml.etree.ElementTree.fromstring(self.export("--format", "xspf"))
        self.assertIn("https://music.example/a%20b?%3Cx%3E&y=%221%22", [place.text for place in root.iter(f"{XSPF}location")])

    # ---- both ways, and refusals ----

    def test_the_page_gives_the_same_file_as_the_command(self):
        playlist = urllib.parse.quote(self.playlist())
        for query, options in (("format=csv", ()), ("format=json", ("--format", "json")),
                               ("format=xspf", ("--format", "xspf")), ("format=json&only=albums,artists", ("--format", "json", "--only", "artists,albums")),
                               (f"format=m3u8&playlist={playlist}", ("--format", "m3u8", "--playlist", self.playlist()))):
            with self.subTest(query):
                answer = self.visitor.ask("/library/home/export?" + query)
                self.assertEqual(answer.status, 200)
                self.assertIn("attachment; filename=\"home", answer.headers["Content-Disposition"])
                self.assertEqual(answer.text, self.export(*options))

    def test_what_cannot_be_exported_is_refused_with_a_reason(self):
        for options, words, code in ((("--format", "mp3"), "there are csv, json, m3u8 and xspf", 2), (("--format", "m3u8", "--only", "albums"), "list of tracks", 2),
                                     (("--playlist", "none"), "no playlist", 4), (("--only", "songs"), "songs", 2)):
            with self.subTest(options):
                done = stack.run([stack.BIN / "syncline", "--config", self.pipeline.settings, "export", "home", *options], check=False)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(words, done.stderr)
        self.assertEqual(self.visitor.ask("/library/home/export?format=mp3").status, 409)
        self.assertEqual(self.visitor.ask("/library/home/export?playlist=none").status, 404)

    def peak_kib(self, account, form):
        """Of the command while it writes."""
        words = [stack.BIN / "syncline", "--config", self.pipeline.settings, "export", account, "--format", form, "--output", "/dev/null"]
        child = subprocess.Popen([str(word) for word in words], env={**os.environ, "ASAN_OPTIONS": Process.ASAN_OPTIONS})
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        self.assertEqual(status, 0)
        return usage.ru_maxrss

    def test_memory_is_the_same_for_a_hundred_times_as_many_tracks(self):
        self.pipeline.add_account("large", "http://127.0.0.1:1", "x")
        columns = [row[0] for row in self.pipeline.sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'track' "
                                                       "AND column_name NOT IN ('account_id', 'id') ORDER BY ordinal_position")]
        self.pipeline.sql(f"INSERT INTO track (account_id, id, {', '.join(columns)}) SELECT {self.pipeline.account_id('large')}, "
                          f"id || '-' || n, {', '.join(columns)} FROM track, generate_series(1, 100) n WHERE account_id = {self.number}")
        for form in ("csv", "json"):
            with self.subTest(form):
                small, large = self.peak_kib("home", form), self.peak_kib("large", form)
                self.assertLess(large, small + 12 * 1024)
