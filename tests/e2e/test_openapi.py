"""The simulator and the fetcher against public descriptions of the providers' APIs, with Prism as the judge.

What may differ from a description stands in its table in tests/openapi, with the reason and the source, and nowhere else.
"""
import json
import pathlib
import re
import shutil
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

from case import Case
from prism import Prism, Seen, describe
from simulator import PASSWORD, Simulator
from spotify import SpotifyCase, opened

SPOTIFY = {"spotify": "spotify", "spotify-both": "spotify-both", "spotify-2026": "spotify-2026"}
SUBSONIC = {"navidrome": "opensubsonic", "gonic": "opensubsonic", "supysonic": "subsonic"}


def ask(url, **options):
    """The status; whatever it is, the judge has seen it."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, **options), timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.read()


def spotify_crawl(server, flavour):
    """[endpoint, path]: every one at least once, each list to its end, entries by their place in this flavour."""
    playlists, albums = server.truth("playlists"), server.truth("albums")
    parts = {"spotify": ["tracks"], "spotify-both": ["items", "tracks"], "spotify-2026": ["items"]}[flavour]
    yield "me", "/v1/me"
    yield from (("following", f"/v1/me/following?type=artist&limit=50{after}")
                for after in ("", f"&after={server.truth('artists')[49]}"))
    yield from ((name, f"/v1/me/{name}?limit=50&offset={at}") for name, end in (("albums", 60), ("tracks", 200), ("playlists", 1))
                for at in range(0, end, 50))
    yield from (("playlist_items", f"/v1/playlists/{item}/{part}?limit=50&offset={at}&additional_types=track,episode")
                for item in playlists for part in parts for at in (0, 50))
    yield from (("playlist", f"/v1/playlists/{item}?additional_types=track,episode") for item in playlists)
    yield from (("album_tracks", f"/v1/albums/{item}/tracks?limit=50") for item in albums[:3])
    if flavour != "spotify-2026":
        yield "user_playlists", "/v1/users/demo/playlists?limit=50"
    yield from (("", f"/v1/playlists/{'x' * 22}{part}") for part in ("/items", "/tracks", ""))


def subsonic_crawl(server, _flavour):
    playlists, albums = server.truth("playlists"), server.truth("albums")
    sizes = "artistCount=100&albumCount=100&songCount=500"
    for method in ("ping", "getOpenSubsonicExtensions", "getMusicFolders", "getScanStatus", "getIndexes", "getArtists", "getStarred2",
                   "getPlaylists", "getAlbumList2?type=newest&size=500", "getAlbumList2?type=alphabeticalByName&size=20&offset=40",
                   f"search3?query=&{sizes}", f"search3?query=%22%22&{sizes}", f"getPlaylist?id={playlists[0]}",
                   *(f"getAlbum?id={album}" for album in albums[:5])):
        yield method.split("?")[0], f"/rest/{method}{'&' if '?' in method else '?'}u=demo&p={PASSWORD}&v=1.16.1&c=test&f=json"
    yield "", "/rest/getAlbum?id=none&u=demo&p=wrong&v=1.16.1&c=test&f=json"


class Crawl(unittest.TestCase):
    """Every endpoint of the simulator, asked directly."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="syncline-openapi-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def judged(self, flavour, table, allowed=True):
        log = self.folder / f"{flavour}-{allowed}.log"
        log.touch()
        server = Simulator(log, 200, flags=("--any-user",), flavour=flavour, albums=60, artists=60, playlists=8, entries=60)
        self.addCleanup(server.stop)
        prism = Prism(table, server.url, self.folder, allowed)
        self.addCleanup(prism.end)
        return server, prism

    def crawl(self, server, prism, flavour):
        """Asks for everything once; {endpoint: a request that may be asked again}."""
        headers, paths = {}, subsonic_crawl
        if flavour in SPOTIFY:
            form = f"grant_type=refresh_token&client_id=c&refresh_token={server.refresh_token()}"
            token = json.loads(ask(server.url + "/api/token", data=form.encode())[1])["access_token"]
            headers, paths = {"Authorization": f"Bearer {token}"}, spotify_crawl
        asked = {}
        for endpoint, path in paths(server, flavour):
            asked[endpoint] = {"url": prism.url + path, "headers": headers}
            ask(**asked[endpoint])
        return {endpoint: asked[endpoint] for endpoint in asked if endpoint}

    def check(self, flavour, table):
        server, prism = self.judged(flavour, table)
        asked = self.crawl(server, prism, flavour)
        self.assertEqual(prism.violations(), {}, flavour)
        # A description that Prism cannot use lets everything pass: so each endpoint once more, with one member too many.
        server.fault("large", mb=0, count=0)
        for endpoint, request in asked.items():
            before = prism.violations()
            ask(**request)
            self.assertTrue(prism.violations() - before, f"{flavour}: nobody looks at {endpoint}")

    def test_every_answer_of_the_simulated_spotify_is_as_described_in_each_of_its_shapes(self):
        for flavour, table in SPOTIFY.items():
            with self.subTest(flavour):
                self.check(flavour, table)

    def test_every_answer_of_the_simulated_subsonic_servers_is_as_described(self):
        for flavour, table in SUBSONIC.items():
            with self.subTest(flavour):
                self.check(flavour, table)

    def test_each_deviation_that_is_allowed_is_one_that_the_description_complains_of(self):
        for flavour, table in (("spotify", "spotify"), ("navidrome", "opensubsonic"), ("supysonic", "subsonic")):
            server, prism = self.judged(flavour, table, allowed=False)
            list(self.crawl(server, prism, flavour))
            told = prism.violations()
            for row in describe.table(table)["allowed"]:
                self.assertTrue(row["because"] and row["source"], row)
                if "tells" in row:
                    with self.subTest(row["at"]):
                        self.assertTrue([text for text in told if row["tells"] in text],
                                        f"no longer needed: {row['tells']}; told: {list(told)}")


class SpotifySyncs(SpotifyCase):
    @classmethod
    def browse(cls, server, url):
        """The page that a browser is sent to: Prism would follow its redirect, so its parameters are looked at here."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        known = {row["name"]: row for row in describe.table("spotify")["beside"]["/authorize"]["get"]["parameters"]}
        wrong = {name: asked.get(name) for name in {*asked, *known} if not cls.fits(asked.get(name), known.get(name))}
        assert not wrong, f"the address of the sign-in: {wrong}"
        return opened(url.replace(server.url, server.simulator.url, 1))

    @staticmethod
    def fits(value, row):
        if row is None or value is None:
            return row is not None and not row.get("required")
        return value in row["schema"].get("enum", [value]) and re.search(row["schema"].get("pattern", ""), value)

    def check(self, flavour):
        simulator = self.spotify(flavour=flavour)
        prism = Prism(SPOTIFY[flavour], simulator.url, self.pipeline.folder)
        self.addCleanup(prism.end)
        server = Seen(simulator, prism)
        account = self.account(server)
        for _ in range(2):
            self.assert_synced(self.pipeline.sync(account))
        self.assert_library(account, server)
        self.assertGreater(len(simulator.log("token")), 0)
        self.assertEqual(prism.violations(), {})

    def test_two_whole_syncs_and_their_sign_in_ask_only_what_spotify_described_until_2026(self):
        self.check("spotify")

    def test_two_whole_syncs_ask_only_what_spotify_describes_for_development_mode_in_2026(self):
        self.check("spotify-2026")

    def test_two_whole_syncs_with_answers_of_both_names_ask_only_what_is_described(self):
        self.check("spotify-both")


class OpenSubsonicSyncs(Case):
    def check(self, flavour, methods):
        simulator = self.simulator(400, flavour=flavour, albums=70)
        prism = Prism(SUBSONIC[flavour], simulator.url, self.pipeline.folder)
        self.addCleanup(prism.end)
        account = self.account(Seen(simulator, prism))
        for _ in range(2):
            self.assert_complete(self.pipeline.sync(account))
        self.assert_library(account, simulator)
        self.assertEqual(prism.violations(), {})
        self.assertEqual({text.split()[0] for text in prism.requests() if "/rest/search3" in text}, methods)

    def test_two_whole_syncs_ask_by_form_only_what_opensubsonic_describes(self):
        self.check("navidrome", {"post"})

    def test_two_whole_syncs_ask_a_server_without_extensions_by_address_only_what_subsonic_describes(self):
        self.check("supysonic", {"get"})
