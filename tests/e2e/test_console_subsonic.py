"""The console's OpenSubsonic endpoint: as a public description judges it, as a client that nobody here wrote reads it, and as
Syncline itself syncs from it."""
import concurrent.futures
import hashlib
import http.client
import json
import pathlib
import sys
import urllib.parse
import xml.etree.ElementTree as ET

import stack
from case import Case
from console import Console, Visitor
from prism import Prism

CLIENT = pathlib.Path(stack.SETTINGS["PYTHON_TOOLS"])
OWN_PASSWORD = "correct horse battery"

# What a Subsonic server can tell of an item. Left out: pictures (an upstream id leads nowhere here) and members we do not map.
COLUMNS = {
    "artist": "id, name, sort_name, album_count, mbid, starred_at",
    "album": "id, title, artist_id, artist_name, artist_ids, artist_names, song_count, duration_ms, release_date, genres, compilation, "
             "mbid, added_at, starred_at, rating, play_count",
    "track": "id, title, album_id, album_title, artist_id, artist_name, artist_ids, artist_names, disc, number, duration_ms, "
             "release_date, genres, isrcs, mbid, explicit, bitrate, size_bytes, content_type, path, added_at, starred_at, rating, play_count",
    "playlist": "id, name, comment, owner, public, entry_count, duration_ms, created_at, changed_at, read_only",
    "playlist_entry": "playlist_id, position, track_id, type, title, artist_name, album_title, duration_ms",
}


class Endpoint(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pipeline.cli("user", "add", "anna", "--password-stdin", text=OWN_PASSWORD + "\n")
        cls.key = json.loads(cls.pipeline.cli("token", "add", "player", "--json").stdout)["token"]
        cls.console = Console(cls.pipeline).await_ready()
        cls.addClassCleanup(cls.console.end)
        cls.visitor = Visitor(cls.console.url)
        cls.server = cls.simulator(700, albums=80)
        cls.account(cls.server, "home")
        cls.pipeline.sync("home")
        cls.number = cls.pipeline.account_id("home")

    def tearDown(self):
        self.assertFalse(self.console.unexpected, "the console ended on its own")
        super().tearDown()

    def await_shelf(self, account="home", seconds=30):
        number = self.pipeline.account_id(account)
        self.wait_until(lambda: self.pipeline.value(
            "SELECT count(*) FROM library l JOIN shelf_state s USING (account_id, category) "
            f"WHERE l.account_id = {number} AND s.seen = concat_ws(' ', l.epoch, l.walk, l.page, l.part, l.items)") == "4", "the shelf", seconds)

    def ask(self, method, **parameters):
        """The members of the answer's envelope; signed in by key unless told otherwise."""
        if not {"apiKey", "u"} & set(parameters):
            parameters["apiKey"] = self.key
        query = urllib.parse.urlencode({"v": "1.16.1", "c": "test", "f": "json", **parameters})
        return self.visitor.ask(f"/rest/{method}?{query}").json["subsonic-response"]

    def assert_error(self, answer, code):
        self.assertEqual((answer["status"], answer.get("error", {}).get("code")), ("failed", code), answer)

    # ---- signing in ----

    def test_a_key_or_user_and_password_open_it_and_nothing_else_does(self):
        encoded = "enc:" + OWN_PASSWORD.encode().hex()
        for good in ({"apiKey": self.key}, {"u": "anna", "p": OWN_PASSWORD}, {"u": "anna", "p": encoded},
                     {"u": "anna@home", "p": OWN_PASSWORD}, {"u": "anyone", "p": self.key}):
            with self.subTest(good):
                self.assertEqual(self.ask("ping", **good)["status"], "ok")
        salted = hashlib.md5((OWN_PASSWORD + "abc").encode()).hexdigest()
        for bad, code in (({"apiKey": "syncline_" + "0" * 64}, 44), ({"u": "anna", "p": "wrong"}, 40), ({"u": "anna", "p": "enc:7"}, 40),
                          ({"u": "anna", "t": salted, "s": "abc"}, 41), ({"u": "anna"}, 10), ({"u": "anna", "apiKey": self.key}, 43)):
            with self.subTest(bad):
                self.assert_error(self.ask("ping", **bad), code)
        self.assertEqual(self.ask("tokenInfo")["tokenInfo"], {"username": "player"})

    def test_a_changed_password_is_not_remembered(self):
        self.pipeline.cli("user", "add", "ben", "--password-stdin", text="first one of ben\n")
        self.assertEqual(self.ask("ping", u="ben", p="first one of ben")["status"], "ok")
        self.pipeline.cli("user", "add", "ben", "--password-stdin", text="second one of ben\n")
        self.assert_error(self.ask("ping", u="ben", p="first one of ben"), 40)
        self.assertEqual(self.ask("ping", u="ben", p="second one of ben")["status"], "ok")

    def test_many_requests_at_once_are_one_sign_in_and_many_wrong_ones_must_wait(self):
        console = Console(self.pipeline, console_threads=16).await_ready()
        self.addCleanup(console.end)

        def ping(password):
            query = urllib.parse.urlencode({"u": "anna", "p": password, "v": "1.16.1", "c": "test", "f": "json"})
            return Visitor(console.url).ask(f"/rest/ping?{query}").json["subsonic-response"]

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            self.assertEqual({answer["status"] for answer in pool.map(ping, [OWN_PASSWORD] * 16)}, {"ok"})
        wrong = [ping("wrong 0")["error"]]
        while len(wrong) < 20 and "Too many" not in wrong[-1]["message"]:  # where a try takes longer than the wait it needs more
            wrong.append(ping(f"wrong {len(wrong)}")["error"])
        self.assertEqual({error["code"] for error in wrong[:5]}, {40})
        self.assertIn("Too many wrong sign-ins", wrong[-1]["message"])
        self.assertEqual(ping(OWN_PASSWORD)["status"], "ok")  # who is known is not kept out by others behind the same address

    def test_how_to_sign_in_is_told_before_anybody_has(self):
        answer = self.visitor.ask("/rest/getOpenSubsonicExtensions?f=json").json["subsonic-response"]
        self.assertEqual({row["name"] for row in answer["openSubsonicExtensions"]}, {"apiKeyAuthentication", "formPost"})

    # ---- what is shown ----

    def test_an_account_that_was_never_complete_says_so(self):
        self.account(self.server, "empty")
        number = self.pipeline.account_id("empty")
        for method in ("getArtists", "search3", "getPlaylists", "getStarred2"):
            answer = self.ask(method, musicFolderId=number)
            self.assert_error(answer, 0)
            self.assertIn("never complete", answer["error"]["message"])
        self.assert_error(self.ask("getAlbum", u="anna@nobody", p=OWN_PASSWORD, id="1-x"), 70)

    def both_ways(self, method, node, child, **parameters):
        """Ids of a node's children, as JSON tells them; XML must tell the same. With the larger of the two answers' bytes."""
        query = urllib.parse.urlencode({"v": "1.16.1", "c": "test", "apiKey": self.key, **parameters})
        json_, xml = (self.visitor.ask(f"/rest/{method}?{query}{form}") for form in ("&f=json", ""))
        ids = [one["id"] for one in json_.json["subsonic-response"][node][child]]
        name = "{http://subsonic.org/restapi}"
        found = ET.fromstring(xml.text).find(name + node).findall(name + child)
        self.assertEqual([one.get("id") for one in found], ids)
        return ids, max(len(json_.body), len(xml.body))

    def test_a_list_without_pages_comes_whole_however_long_it_is(self):
        """Longer than any answer that is made at once."""
        self.account(self.simulator(12000), "long")
        self.pipeline.sync("long")
        self.await_shelf("long", 180)  # so that it is not under way when its account of itself is taken away below
        number = self.pipeline.account_id("long")
        self.pipeline.sql(f"UPDATE track SET starred_at = now(), content_hash = content_hash + 1 WHERE account_id = {number}")
        playlist = self.pipeline.value(f"SELECT id FROM playlist WHERE account_id = {number} ORDER BY id LIMIT 1")
        self.pipeline.sql(f"INSERT INTO playlist_entry (account_id, playlist_id, position, track_id, type, content_hash, changed_sync) "
                          f"SELECT {number}, '{playlist}', 100 + row_number() OVER (ORDER BY id DESC), id, 'track', 1, changed_sync FROM track WHERE account_id = {number}")
        self.pipeline.sql(f"DELETE FROM shelf_state WHERE account_id = {number}")
        self.await_shelf("long", 180)
        entries = [f"{number}-{row[0]}" for row in self.pipeline.sql(
            f"SELECT track_id FROM playlist_entry WHERE account_id = {number} AND playlist_id = '{playlist}' ORDER BY position")]
        got, size = self.both_ways("getPlaylist", "playlist", "entry", id=f"{number}-{playlist}")
        self.assertEqual(got, entries)
        self.assertGreater(size, 8 << 20)
        songs, size = self.both_ways("getStarred2", "starred2", "song", musicFolderId=number)
        self.assertEqual(sorted(songs), sorted(f"{number}-{row[0]}" for row in self.pipeline.sql(f"SELECT id FROM track WHERE account_id = {number}")))
        self.assertGreater(size, 8 << 20)

    def test_a_sign_in_for_one_account_sees_no_other(self):
        self.account(self.simulator(100, seed=3), "second")
        self.pipeline.sync("second")
        self.await_shelf("second")
        number = self.pipeline.account_id("second")
        song = f"{number}-{self.rows('second', 'tracks')[0][0]}"
        self.assertEqual(self.ask("getSong", id=song)["song"]["id"], song)
        self.assertEqual(self.ask("getSong", u="anna@second", p=OWN_PASSWORD, id=song)["song"]["id"], song)
        self.assert_error(self.ask("getSong", u="anna@home", p=OWN_PASSWORD, id=song), 70)
        folders = self.ask("getMusicFolders", u="anna@second", p=OWN_PASSWORD)["musicFolders"]["musicFolder"]
        self.assertEqual(folders, [{"id": int(number), "name": "second"}])

    def test_xml_and_json_say_the_same(self):
        self.await_shelf()
        album = self.ask("getAlbum", id=f"{self.number}-{self.rows('home', 'albums')[0][0]}")["album"]
        query = urllib.parse.urlencode({"apiKey": self.key, "id": album["id"]})
        answer = self.visitor.ask(f"/rest/getAlbum.view?{query}")
        self.assertEqual(answer.headers["Content-Type"], "text/xml; charset=utf-8")
        root = ET.fromstring(answer.body)
        space = "{http://subsonic.org/restapi}"
        self.assertEqual(root.get("status"), "ok")
        self.assertEqual(root.find(space + "album").get("name"), album["name"])
        songs = root.findall(f"{space}album/{space}song")
        self.assertEqual([song.get("id") for song in songs], [song["id"] for song in album["song"]])
        self.assertEqual([[code.text for code in song.findall(space + "isrc")] for song in songs],
                         [song.get("isrc", []) for song in album["song"]])

    def test_there_is_nothing_to_play_or_change_and_it_is_said(self):
        for method in ("stream", "download", "star", "scrobble", "createPlaylist"):
            answer = self.ask(method, id="1-1")
            self.assert_error(answer, 50)
        self.assert_error(self.ask("getSomething"), 70)
        self.assert_error(self.ask("getCoverArt", id=f"t-{self.number}-{self.rows('home', 'tracks')[1][0]}"), 70)

    def test_a_picture_is_where_the_provider_has_it(self):
        self.await_shelf()
        track = self.rows("home", "tracks")[0][0]
        self.pipeline.sql(f"UPDATE track SET artwork = 'https://pictures.example/1.jpg' WHERE account_id = {self.number} AND id = '{track}'")
        song = self.ask("getSong", id=f"{self.number}-{track}")["song"]
        connection = http.client.HTTPConnection("127.0.0.1", self.console.port, timeout=20)  # follows nothing
        self.addCleanup(connection.close)
        connection.request("GET", "/rest/getCoverArt?" + urllib.parse.urlencode({"apiKey": self.key, "id": song["coverArt"]}))
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.headers["Location"]), (302, "https://pictures.example/1.jpg"))

    # ---- judges ----

    def test_every_answer_is_as_opensubsonic_describes_it(self):
        self.await_shelf()
        prism = Prism("opensubsonic", self.console.url, self.pipeline.folder)
        self.addCleanup(prism.end)
        judged = Visitor(prism.url)
        song, album, artist, playlist = (f"{self.number}-{self.rows('home', kind)[0][0]}" for kind in ("tracks", "albums", "artists", "playlists"))
        asked = [("ping", {}), ("getLicense", {}), ("getOpenSubsonicExtensions", {}), ("getMusicFolders", {}), ("getScanStatus", {}),
                 ("getIndexes", {}), ("getArtists", {}), ("getStarred2", {}), ("getPlaylists", {}), ("tokenInfo", {}),
                 ("getArtist", {"id": artist}), ("getAlbum", {"id": album}), ("getSong", {"id": song}), ("getPlaylist", {"id": playlist}),
                 ("search3", {"query": "a", "songCount": 50}), ("search3", {"query": '""', "songCount": 500}),
                 ("getAlbum", {"id": "none"})]
        asked += [("getAlbumList2", {"type": kind, "size": 500, "fromYear": 2020, "toYear": 1990, "genre": "Rock"})
                  for kind in ("random", "newest", "highest", "frequent", "recent", "alphabeticalByName", "alphabeticalByArtist", "starred",
                               "byYear", "byGenre")]
        for method, parameters in asked:
            query = urllib.parse.urlencode({"apiKey": self.key, "v": "1.16.1", "c": "test", "f": "json", **parameters})
            judged.ask(f"/rest/{method}?{query}")
        self.assertEqual(prism.violations(), {})
        self.assertEqual(len(prism.requests()), len(asked))

    def test_a_client_that_nobody_here_wrote_finds_its_way_through(self):
        assert CLIENT.exists(), f"py-opensonic is not in {CLIENT}: compose/install test"
        sys.path.insert(0, str(CLIENT))
        self.addCleanup(sys.path.remove, str(CLIENT))
        import libopensonic  # pylint: disable=import-outside-toplevel
        self.await_shelf()
        ways = ({"api_key": self.key}, {"username": "anna@home", "password": OWN_PASSWORD, "legacy_auth": True},
                {"username": "anna@home", "password": OWN_PASSWORD, "legacy_auth": True, "use_get": True})
        for way in ways:
            with self.subTest(list(way)):
                client = libopensonic.Connection("http://127.0.0.1", port=self.console.port, **way)
                try:
                    self.browse(client)
                finally:
                    client.cleanup()
                    client._loop.close()  # which it leaves to chance  # pylint: disable=protected-access

    def browse(self, client):
        self.assertTrue(client.ping())
        artists = [artist for index in client.get_artists().index for artist in index.artist]
        self.assertEqual({artist.id.split("-", 1)[1] for artist in artists}, {row[0] for row in self.rows("home", "artists")})
        albums, got = [], True
        while got:
            got = client.get_album_list2("alphabeticalByName", size=50, offset=len(albums))
            albums += got
        self.assertEqual({album.id.split("-", 1)[1] for album in albums}, {row[0] for row in self.rows("home", "albums")})
        by_artist = client.get_artist(next(artist.id for artist in artists if artist.album_count))
        self.assertTrue(by_artist.album)
        songs = client.get_album(by_artist.album[0].id).song
        self.assertEqual(client.get_song(songs[0].id).title, songs[0].title)
        self.assertIn(songs[0].id, [song.id for song in client.search3(songs[0].title, song_count=100).song])
        playlists = client.get_playlists()
        self.assertEqual({playlist.id.split("-", 1)[1] for playlist in playlists}, {row[0] for row in self.rows("home", "playlists")})
        entries = client.get_playlist(playlists[0].id).entry
        number, playlist = playlists[0].id.split("-", 1)
        self.assertEqual([entry.id for entry in entries], [f"{number}-{track}" for track in self.entries_of("home", playlist) if track])

    # ---- Syncline from Syncline ----

    def content_of(self, account, prefix=""):
        """Every column that a Subsonic server tells, without the prefix that ids have here."""
        number = self.pipeline.account_id(account)
        rows = []
        for table, columns in COLUMNS.items():
            here = "AND removed_at IS NULL" if table != "playlist_entry" else ""
            for row in self.pipeline.sql(f"SELECT {columns} FROM {table} WHERE account_id = {number} {here}"):
                names = columns.split(", ")
                rows.append([table] + [self.plain(cell, prefix) if name.endswith(("id", "ids")) and name != "mbid" else cell
                                       for name, cell in zip(names, row)])
        return sorted(rows)

    @staticmethod
    def plain(cell, prefix):
        """{7-a,7-b} and 7-a without "7-"."""
        return ",".join(part.removeprefix("{").removeprefix(prefix) for part in cell.split(",")) if prefix else cell.replace("{", "")

    def test_a_sync_from_this_endpoint_gives_an_equal_library_and_sees_its_changes(self):
        server = self.simulator(600, albums=70, seed=5)
        self.account(server, "upstream")
        self.assert_complete(self.pipeline.sync("upstream"))
        self.await_shelf("upstream")
        self.pipeline.add_account("copy", self.console.url, OWN_PASSWORD, "--test", user="anna@upstream")
        prefix = self.pipeline.account_id("upstream") + "-"
        self.assert_complete(self.pipeline.sync("copy"), errors=0)
        self.assert_same(self.content_of("copy", prefix), self.content_of("upstream"), "the copy")
        self.assertEqual(self.pipeline.sync("copy").state, "complete")
        server.edit("retag", index=10, tracks=40)
        server.edit("remove", index=100, tracks=5)
        server.edit("insert", index=0, tracks=7)
        self.assert_complete(self.pipeline.sync("upstream"))
        self.await_shelf("upstream")
        for _ in range(2):  # a removal may need two witnesses
            self.assert_complete(self.pipeline.sync("copy"), errors=0)
        self.assert_same(self.content_of("copy", prefix), self.content_of("upstream"), "the copy after changes")
