"""`syncline parse` on answers saved from each service: every request, as a person would save it with curl."""
import gzip
import json
import urllib.request

import stack
from case import Case
from simulator import PASSWORD


class Parse(Case):
    WORKERS = ()

    def save(self, url, headers=None):
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=20) as answer:
            return answer.read()

    def parse(self, body, *options):
        path = self.pipeline.folder / "answer"
        path.write_bytes(body)
        return stack.run([stack.BIN / "syncline", "parse", *options, path], text="", check=False)

    def check(self, body, request, *options):
        """Every entry is told, as an item or as a reject."""
        done = self.parse(body, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        page, rejects = lines[-1]["page"], sum("reject" in line for line in lines)
        self.assertGreater(page["stored"], 0, options)
        self.assertEqual(page["request"], request)
        self.assertEqual((page["received"], page["rejected"]), (page["stored"] + page["rejected"], rejects))
        self.assertEqual(len(lines) - 1 - rejects, page["stored"])

    def test_every_answer_of_spotify_in_each_shape(self):
        for flavour in ("spotify", "spotify-2026", "spotify-both"):
            server = self.simulator(200, flavour=flavour, playlists=8, entries=20)
            form = b"grant_type=refresh_token&refresh_token=refresh-demo-1&client_id=c"
            token = json.loads(urllib.request.urlopen(f"{server.url}/api/token", form).read())["access_token"]
            own = next(iter(server.truth("entries")))[0]
            part = "tracks" if flavour == "spotify" else "items"
            for request, path, category in (
                    ("following", "me/following?type=artist", None), ("albums", "me/albums", None), ("tracks", "me/tracks", "tracks"),
                    ("playlists", "me/playlists", None), ("playlist_items", f"playlists/{own}/{part}", "playlists")):
                with self.subTest(flavour, path=path):
                    body = self.save(f"{server.url}/v1/{path}", {"Authorization": f"Bearer {token}"})
                    self.check(body, request, *(["--category", category] if category else []))

    def test_every_answer_of_apple_music(self):
        server = self.simulator(200, flavour="applemusic", playlists=8, entries=20)
        headers = {"Authorization": "Bearer x", "Music-User-Token": server.user_token()}
        own = next(iter(server.truth("entries")))[0]
        for category, path, request in (
                ("artists", "artists?include=catalog", "artists"), ("albums", "albums?include=catalog,artists", "albums"),
                ("tracks", "songs?include=catalog,albums,artists", "songs"), ("playlists", "playlists", "playlists"),
                ("playlists", f"playlists/{own}/tracks?include=catalog", "playlist_tracks")):
            with self.subTest(path):
                self.check(self.save(f"{server.url}/v1/me/library/{path}", headers), request, "--category", category)

    def test_every_answer_of_jellyfin(self):
        server = self.simulator(200, flavour="jellyfin", playlists=8, entries=20, flags=("--any-user",))
        token = 'MediaBrowser Token="user-demo"'
        body = f'{{"Username":"demo","Pw":"{PASSWORD}"}}'.encode()
        signed_in = urllib.request.Request(f"{server.url}/Users/AuthenticateByName", body, {
            "Content-Type": "application/json",
            "Authorization": 'MediaBrowser Client="t", Device="t", DeviceId="t", Version="1"'})
        with urllib.request.urlopen(signed_in, timeout=20) as answer:
            answer = answer.read()
        user = json.loads(answer)["User"]["Id"]
        own = next(iter(server.truth("entries")))[0]
        for path, request, category in (
                (f"Artists?userId={user}&", "artists", "artists"),
                (f"Items?userId={user}&recursive=true&includeItemTypes=MusicAlbum&", "albums", "albums"),
                (f"Items?userId={user}&recursive=true&includeItemTypes=Audio&", "tracks", "tracks"),
                (f"Items?userId={user}&recursive=true&includeItemTypes=Playlist", "playlists", "playlists"),
                (f"Playlists/{own}/Items?userId={user}&", "playlist_items", "playlists")):
            with self.subTest(path):
                body = self.save(f"{server.url}/{path}" + ("startIndex=0&limit=50" if path.endswith("&") else ""),
                                 {"Authorization": token})
                self.check(body, request, "--category", category)
        for body, words in ((answer, "delete the file"), (self.save(f"{server.url}/System/Info/Public"), "description of the server")):
            self.check_other(body, words)

    def check_other(self, body, words):
        done = self.parse(body)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(words, done.stderr)

    def test_an_answer_that_holds_no_list_says_what_it_is(self):
        server = self.simulator(200, flavour="spotify-2026", playlists=8, entries=20)
        form = b"grant_type=refresh_token&refresh_token=refresh-demo-1&client_id=c"
        tokens = urllib.request.urlopen(f"{server.url}/api/token", form).read()
        headers = {"Authorization": "Bearer " + json.loads(tokens)["access_token"]}
        own = next(iter(server.truth("entries")))[0]
        self.check_other(tokens, "they are secrets, delete the file")
        self.check_other(self.save(f"{server.url}/v1/me", headers), "a user's profile")
        self.check_other(self.save(f"{server.url}/v1/playlists/{own}", headers), "/v1/playlists/ID/items")
        apple = self.simulator(20, flavour="applemusic")
        headers = {"Authorization": "Bearer x", "Music-User-Token": apple.user_token()}
        self.check_other(self.save(f"{apple.url}/v1/me/storefront", headers), "a storefront")

    def test_every_answer_of_opensubsonic(self):
        server = self.simulator(200)
        query = f"u=demo&p={PASSWORD}&v=1.16.1&c=test&f=json"
        playlist, album = server.truth("playlists")[0], server.truth("albums")[0]
        for call in ("getArtists?", "getAlbumList2?type=alphabeticalByName&size=50&",
                     "search3?query=&songCount=50&artistCount=0&albumCount=0&", f"getAlbum?id={album}&", "getPlaylists?",
                     f"getPlaylist?id={playlist}&"):
            with self.subTest(call):
                self.check(self.save(f"{server.url}/rest/{call}{query}"), call.split("?")[0])

    def test_what_cannot_be_parsed_says_why(self):
        server = self.simulator(50)
        whole = self.save(f"{server.url}/rest/getArtists?u=demo&p={PASSWORD}&v=1.16.1&c=test&f=json")
        for name, body, options, code, words in (
                ("half a body", whole[:-20], (), 1, "not valid JSON"),
                ("a page of somebody else's", b"<html>Sign in</html>", (), 1, "it begins: <html>"),
                ("saved with its headers", b"HTTP/1.1 200 OK\r\n\r\n" + whole, (), 1, "curl without -i"),
                ("half a gzip", gzip.compress(whole)[:-9], (), 1, "compressed body"),
                ("an error", b'{"subsonic-response":{"status":"failed","error":{"code":40,"message":"Wrong"}}}', (), 1,
                 "answer: the answer is an error, not a list: Wrong"),
                ("of another provider", whole, ("--provider", "spotify"), 1, "no list that spotify is known to send"),
                ("of another category", whole, ("--category", "tracks"), 1, "no list of tracks"),
                ("of an unknown one", whole, ("--provider", "tidal"), 2, "no provider 'tidal' is known; there is: opensubsonic"),
                ("of a misspelt category", whole, ("--category", "songs"), 2, "artists, albums, tracks or playlists, not 'songs'"),
                ("of an unknown request", whole, ("--request", "getArtist"), 2, "there is: getArtists"),
                ("of several", b'{"items":[{"track":{"id":"t"}}]}', (), 2, "say --category, one of: tracks, playlists"),
                ("nothing", b"", (), 1, "empty")):
            with self.subTest(name):
                done = self.parse(body, *options)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(words, done.stderr)
        self.check(gzip.compress(whole), "getArtists")
        done = stack.run([stack.BIN / "syncline", "parse", "/nowhere"], text="", check=False)
        self.assertEqual((done.returncode, "/nowhere: No such file" in done.stderr), (4, True), done.stderr)
        done = stack.run([stack.BIN / "syncline", "parse"], text="", check=False)
        self.assertEqual((done.returncode, "the file is missing" in done.stderr), (2, True), done.stderr)

    def test_an_answer_may_come_through_a_pipe(self):
        command = [stack.BIN / "syncline", "parse", "-"]
        done = stack.run(command, text='{"artists":{"items":[{"id":"a","name":"N"}]}}', check=False)
        self.assertEqual(json.loads(done.stdout.splitlines()[0])["item"], {"id": "a", "name": "N"})
        done = stack.run(command, text='{"artists":', check=False)
        self.assertEqual((done.returncode, "standard input: not valid JSON" in done.stderr), (1, True), done.stderr)
