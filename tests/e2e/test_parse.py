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

    def parse(self, body, category, *options):
        path = self.pipeline.folder / "answer"
        path.write_bytes(body)
        return stack.run([stack.BIN / "syncline", "parse", "--category", category, *options, path], text="", check=False)

    def check(self, body, category, *options):
        """Every entry is told, as an item or as a reject."""
        done = self.parse(body, category, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        page, rejects = lines[-1]["page"], sum("reject" in line for line in lines)
        self.assertGreater(page["stored"], 0, options)
        self.assertEqual((page["received"], page["rejected"]), (page["stored"] + page["rejected"], rejects))
        self.assertEqual(len(lines) - 1 - rejects, page["stored"])

    def test_every_answer_of_spotify_in_each_shape(self):
        for flavour in ("spotify", "spotify-2026", "spotify-both"):
            server = self.simulator(200, flavour=flavour, playlists=8, entries=20)
            form = b"grant_type=refresh_token&refresh_token=refresh-demo-1&client_id=c"
            token = json.loads(urllib.request.urlopen(f"{server.url}/api/token", form).read())["access_token"]
            own = next(iter(server.truth("entries")))[0]
            part = "tracks" if flavour == "spotify" else "items"
            for category, path in (("artists", "me/following?type=artist"), ("albums", "me/albums"), ("tracks", "me/tracks"),
                                   ("playlists", "me/playlists"), ("playlists", f"playlists/{own}/{part}")):
                with self.subTest(flavour, path=path):
                    body = self.save(f"{server.url}/v1/{path}", {"Authorization": f"Bearer {token}"})
                    self.check(body, category, "--provider", "spotify")

    def test_every_answer_of_apple_music(self):
        server = self.simulator(200, flavour="applemusic", playlists=8, entries=20)
        headers = {"Authorization": "Bearer x", "Music-User-Token": server.user_token()}
        own = next(iter(server.truth("entries")))[0]
        for category, path, request in (
                ("artists", "artists?include=catalog", None), ("albums", "albums?include=catalog,artists", None),
                ("tracks", "songs?include=catalog,albums,artists", None), ("playlists", "playlists", "playlists"),
                ("playlists", f"playlists/{own}/tracks?include=catalog", "playlist_tracks")):
            with self.subTest(path):
                body = self.save(f"{server.url}/v1/me/library/{path}", headers)
                self.check(body, category, "--provider", "applemusic", *(["--request", request] if request else []))

    def test_every_answer_of_opensubsonic(self):
        server = self.simulator(200)
        query = f"u=demo&p={PASSWORD}&v=1.16.1&c=test&f=json"
        playlist, album = server.truth("playlists")[0], server.truth("albums")[0]
        for category, call in (("artists", "getArtists?"), ("albums", "getAlbumList2?type=alphabeticalByName&size=50&"),
                               ("tracks", "search3?query=&songCount=50&artistCount=0&albumCount=0&"),
                               ("tracks", f"getAlbum?id={album}&"), ("playlists", "getPlaylists?"),
                               ("playlists", f"getPlaylist?id={playlist}&")):
            with self.subTest(call):
                self.check(self.save(f"{server.url}/rest/{call}{query}"), category)

    def test_what_cannot_be_parsed_says_why(self):
        server = self.simulator(50)
        whole = self.save(f"{server.url}/rest/getArtists?u=demo&p={PASSWORD}&v=1.16.1&c=test&f=json")
        for name, body, options, code, words in (
                ("half a body", whole[:-20], (), 1, "not valid JSON"),
                ("a page of somebody else's", b"<html>Sign in</html>", (), 1, "not valid JSON"),
                ("an error", b'{"subsonic-response":{"status":"failed","error":{"code":40}}}', (), 1, "status: 'failed'"),
                ("of another provider", whole, ("--provider", "spotify"), 1, "no list of artists that 'spotify'"),
                ("of an unknown one", whole, ("--provider", "tidal"), 2, "no provider 'tidal'"),
                ("of an unknown request", whole, ("--request", "getArtist"), 2, "there is: getArtists"),
                ("nothing", b"", (), 1, "empty")):
            with self.subTest(name):
                done = self.parse(body, "artists", *options)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(words, done.stderr)
        self.check(gzip.compress(whole), "artists")
