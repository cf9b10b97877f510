"""Libraries that are edited at random while they are read, over many syncs, at every kind of provider.

What must hold whatever happens (I4): no item that the provider lists is ever marked removed; what is gone is gone after two
complete syncs in quiet; unusually many stay until confirmed. A run is drawn from its seed, which a failure names:

	EDITS_SEED=17 EDITS_ROUNDS=20 tests/e2e/run random_edits
"""
import json
import os
import random

import stack
from case import KINDS, PASSWORD, Case
from spotify import SpotifyCase

SEEDS = [int(seed) for seed in os.environ.get("EDITS_SEED", "1").split(",")]
ROUNDS = int(os.environ.get("EDITS_ROUNDS", "5"))
TRACKS = 240
FEW = 8  # a round removes so many at most: far from what is held


class Edits:
    """Of a case: `server(flavour)` makes one, `ENDPOINTS` names the requests before whose answers edits happen."""
    ENDPOINTS = ()

    def removed(self, account):
        return {(row[0], row[1]) for row in self.pipeline.sql(
            f"SELECT category, id FROM removal WHERE account_id = {self.pipeline.account_id(account)}")}

    def listed(self, server):
        return {(category, item) for category in KINDS for item in server.truth(category)}

    def active(self, account):
        return {(category, row[0]) for category in KINDS for row in self.rows(account, category)}

    def rejected(self, account):
        return {row[0] for row in self.pipeline.sql("SELECT item_id FROM sync_reject WHERE item_id <> '' "
                                                    f"AND account_id = {self.pipeline.account_id(account)}")}

    def edit(self, dice, server):
        """One edit, now or before some request of the next walk; returned for whoever must understand a failure."""
        size = len(server.truth("tracks"))
        op = dice.choice(["insert", "insert", "remove", "remove", "remove", "reorder", "rescan", "retag",
                          "playlist-add", "playlist-delete", "playlist-create", "playlist-shuffle"])
        how = {}
        if op in ("insert", "remove", "retag"):
            how["tracks"] = dice.randint(1, FEW)
            # at the head, behind the cursor, at the end: where walks slip
            how["index"] = dice.choice([0, 1, dice.randrange(max(1, size - FEW)), max(0, size - FEW - 1)])
        elif op in ("reorder", "playlist-shuffle"):
            how["seed"] = dice.randint(1, 1000)
        if op.startswith("playlist-") and op != "playlist-create":
            how["playlist"] = dice.randint(0, 2)
        if dice.random() < 0.5:
            how["silent"] = 1
        if dice.random() < 0.8:
            how.update(at=dice.randint(1, 9), endpoint=dice.choice(self.ENDPOINTS))
        server.edit(op, **how)
        return op, how

    def assert_nothing_alive_was_removed(self, account, server, story):
        wrong = self.removed(account) & self.listed(server)
        self.assertEqual(wrong, set(), f"alive and marked removed; {story}")

    def run_of(self, flavour, seed):
        dice = random.Random(f"{flavour} {seed}")
        server = self.server(flavour)
        account = self.account(server)
        self.assertEqual(self.pipeline.sync(account).state, "complete")
        story = [f"{flavour} seed {seed}"]
        for _ in range(ROUNDS):
            story.append([self.edit(dice, server) for _ in range(dice.randint(1, 3))])
            report = self.pipeline.sync(account, "--mode", dice.choice(["full", "full", "incremental"]))
            story.append(report.state)
            self.assert_nothing_alive_was_removed(account, server, story)
        server.reset("edits")
        for _ in range(2):
            report = self.pipeline.sync(account, "--mode", "full")
            self.assertEqual(report.state, "complete", f"{report.all['cause']}; {story}")
        self.assert_nothing_alive_was_removed(account, server, story)
        self.assert_settled(account, server, story)
        return server, account

    def difference(self, account, server):
        """(gone and still here, there and not here), without what could not be read."""
        active, listed, rejected = self.active(account), self.listed(server), self.rejected(account)
        return [{item for item in items if item[1] not in rejected} for items in (active - listed, listed - active)]

    def assert_settled(self, account, server, story):
        """What is gone is gone; beside items without an id (Spotify's nulls) it is held, and goes when it is confirmed."""
        gone, missing = self.difference(account, server)
        held = {row["category"] for row in map(json.loads, self.pipeline.cli("confirm", account, "--json").stdout.splitlines())}
        self.assertEqual({item for item in gone if item[0] not in held}, set(), f"neither gone nor held; {story}")
        self.assertEqual(missing, set(), f"not here after two quiet syncs; {story}")
        if held:
            self.pipeline.cli("confirm", account, "--yes")
            self.assertEqual(self.difference(account, server), [set(), set()], f"after it was confirmed; {story}")
            self.assert_nothing_alive_was_removed(account, server, story)

    def assert_held_until_confirmed(self, server, account):
        before = {row[0] for row in self.rows(account, "tracks")}
        server.edit("remove", index=0, tracks=len(server.truth("tracks")) // 2)
        for _ in range(3):
            self.assertEqual(self.pipeline.sync(account, "--mode", "full").state, "complete")
            self.assertEqual({row[0] for row in self.rows(account, "tracks")}, before, "held")
        self.pipeline.cli("confirm", account, "--yes")
        rejected = self.rejected(account)
        self.assertEqual({row[0] for row in self.rows(account, "tracks")} - rejected, set(server.truth("tracks")) - rejected)

    def check(self, flavour):
        for seed in SEEDS:
            with self.subTest(flavour=flavour, seed=seed):
                self.assert_held_until_confirmed(*self.run_of(flavour, seed))


class EditsOfServers(Edits, Case):
    SETTINGS = {"page_size": 30}
    ENDPOINTS = ("search3", "getAlbumList2", "getPlaylist", "getAlbum", "getArtists")

    def server(self, flavour):
        return self.simulator(TRACKS, flavour=flavour, albums=30, artists=12)

    def test_random_edits_of_a_navidrome_never_remove_what_is_there(self):
        self.check("navidrome")

    def test_random_edits_of_a_supysonic_never_remove_what_is_there(self):
        self.check("supysonic")

    def test_random_edits_of_a_gonic_never_remove_what_is_there(self):
        self.check("gonic")

    def test_random_edits_of_a_legacy_server_never_remove_what_is_there(self):
        self.check("legacy")


class EditsOfSpotify(Edits, SpotifyCase):
    SETTINGS = {"rates": "spotify=0", "page_size": 30}
    ENDPOINTS = ("tracks", "albums", "following", "playlists", "playlist_items")

    def server(self, flavour):
        return self.spotify(TRACKS, flavour=flavour, entries=20)

    def test_random_edits_of_a_spotify_never_remove_what_is_there(self):
        self.check("spotify")

    def test_random_edits_of_a_spotify_of_2026_never_remove_what_is_there(self):
        self.check("spotify-2026")


class EditsOfApple(Edits, Case):
    SETTINGS = {"rates": "applemusic=0", "page_size": 30}
    ENDPOINTS = ("songs", "albums", "artists", "playlists", "playlist_tracks")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key, cls.public = cls.pipeline.folder / "AuthKey_K.p8", cls.pipeline.folder / "public.pem"
        stack.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", cls.key])
        stack.run(["openssl", "pkey", "-in", cls.key, "-pubout", "-out", cls.public])

    def server(self, flavour):
        return self.simulator(TRACKS, flavour=flavour, albums=60, artists=40, playlists=8, entries=20, apple_key=self.public)

    @classmethod
    def account(cls, server, name=None, user="demo"):
        cls.accounts += 1
        name = name or f"a{cls.accounts}"
        cls.pipeline.cli("account", "add", name, "--provider", "applemusic", "--url", server.url, "--team-id", "TEAM123456",
                         "--key-id", "KEY1234567", "--key-file", cls.key, "--user-token-stdin",
                         text=server.user_token(user) + "\n")
        return name

    def test_random_edits_of_apple_music_never_remove_what_is_there(self):
        self.check("applemusic")


class EditsOfJellyfin(Edits, Case):
    SETTINGS = {"page_size": 30}
    ENDPOINTS = ("tracks", "albums", "artists", "playlists", "playlist_items")

    def server(self, flavour):
        return self.simulator(TRACKS, flavour=flavour, albums=40, artists=20, playlists=8, entries=20)

    @classmethod
    def account(cls, server, name=None, user="demo"):
        cls.accounts += 1
        name = name or f"a{cls.accounts}"
        cls.pipeline.cli("account", "add", name, "--provider", "jellyfin", "--url", server.url, "--user", user,
                         "--password-stdin", text=PASSWORD + "\n")
        return name

    def test_random_edits_of_a_jellyfin_never_remove_what_is_there(self):
        self.check("jellyfin")
