"""The simulated server: as a process, and through its control interface."""
import collections
import json
import re
import time
import urllib.parse
import urllib.request

import stack
from process import Process

PASSWORD = "canary-4f1c-uEy9"

# Requests whose pages may be counted, and those that may leave out where the first one begins.
UNPLACED = ("following", "albums", "tracks", "playlists", "artists", "songs")
PAGED = ("search3", "getAlbumList2", "getPlaylist", "getAlbum", "playlist_items", "playlist_tracks") + UNPLACED

Request = collections.namedtuple("Request", "number time_ms method status bytes fault query")


class Simulator:
    """A library of `tracks` tracks, with other sizes in their usual proportion unless given."""

    def __init__(self, log, tracks=1000, flags=(), **options):
        sizes = {"tracks": tracks, "albums": max(1, tracks // 12) if tracks else 0,
                 "artists": max(1, tracks // 50) if tracks else 0, "playlists": 6 if tracks else 0, "entries": 30,
                 "seed": 7, "password": PASSWORD}
        words = [stack.BIN / "syncline-simulator", *flags]
        for key, value in {**sizes, **options}.items():
            words += ["--" + key.replace("_", "-"), value]
        self.process = Process("simulator", words, log)
        self.url = self._address(log)

    def _address(self, log):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            found = re.findall(r"listening on (http://\S+)", log.read_text(encoding="utf-8"))
            if found:
                return found[-1]
            time.sleep(0.02)
        raise AssertionError("the simulator did not start")

    def _call(self, route, method="GET", **parameters):
        url = f"{self.url}/_sim/{route}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=20) as answer:
            return answer.read().decode()

    # ---- what is done to it ----

    def edit(self, op, **parameters):
        self._call("edit", "POST", op=op, **parameters)

    def fault(self, kind, **parameters):
        self._call("fault", "POST", kind=kind, **parameters)

    def slow(self, ms, endpoint="search3"):
        """Every answer of one method takes that long, so that a walk lasts."""
        self.fault("stall", ms=ms, endpoint=endpoint, count=0)

    def limit(self, requests, window_ms):
        self._call("limit", "POST", requests=requests, window_ms=window_ms)

    def reset(self, what="all"):
        self._call("reset", "POST", what=what)

    def revoke(self, user="demo", what="all"):
        """Takes back what a user granted: all, access (tokens alone) or refresh (tokens alone); Apple's token anyway."""
        self._call("revoke", "POST", user=user, what=what)

    def grant(self, scope, user="demo"):
        """The scopes a user's tokens have from now on, with spaces between."""
        self._call("grant", "POST", user=user, scope=scope)

    def consent(self, **answer):
        """What happens at /authorize: user=, scope= and deny=1 as given, otherwise what was asked for."""
        self._call("consent", "POST", **answer)

    def stop(self):
        self.process.end()

    # ---- what it knows ----

    @staticmethod
    def refresh_token(user="demo", number=1):
        """Spotify's: the number-th of a user's chain; each works once, the first one is 1."""
        return f"refresh-{user}-{number}"

    @staticmethod
    def user_token(user="demo", revocations=0):
        """Apple's Music-User-Token, after so many revoke()."""
        return f"user-{user}.{revocations + 1}" if revocations else f"user-{user}"

    def truth(self, kind, names=False, user="demo"):
        """Lines of ids, or [id, name] with names; entries are lists of columns, see its README. user: whose ids they are."""
        lines = self._call("truth", kind=kind, names=int(names), user=user).split("\n")[:-1]
        if names:
            return [[line.split("\t", 1)[0], json.loads(line.split("\t", 1)[1])] for line in lines]
        return [line.split("\t") if "\t" in line else line for line in lines]

    def stats(self):
        return json.loads(self._call("stats"))

    def log(self, method=None, containing=""):
        """The requests so far, oldest first."""
        rows = (line.split("\t", 6) for line in self._call("log").split("\n") if line)
        log = [Request(int(n), int(ms), name, int(status), int(size), fault, query)
               for n, ms, name, status, size, fault, query in rows]
        return [r for r in log if (method is None or r.method.startswith(method)) and containing in r.query]

    def repeated(self, containing):
        """How many page requests of one user were asked for more than once."""
        pages = collections.Counter()
        for request in self.log(containing=containing):
            place = "&".join(re.findall(r"(?:songOffset|offset|after|[?&]id)=[^&]*", "&" + request.query))
            if request.method.startswith(PAGED) and (place or request.method in UNPLACED):
                pages[request.method, place] += 1
        return sum(count - 1 for (method, place), count in pages.items()
                   if not (method.startswith("getAlbumList2") and place.endswith("=0")))
