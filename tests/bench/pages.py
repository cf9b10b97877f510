"""The console before a large library: how long each page, each list of the API and each method of players takes, measured where
the console runs, and whether all of them answer at all."""
import http.client
import itertools
import random
import socket
import time
import urllib.parse

from measure import BIN, Process

ROUNDS = 100
AIM_MS = 50


def quote(text):
    return urllib.parse.quote(text, safe="")


class Console:
    def __init__(self, bench):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self.process = Process("serve", [BIN / "syncline", "--config", bench.settings, "--console-port", self.port, "serve"], bench.log)
        bench.processes.append(self.process)
        bench.wait(self.ready, 30)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2):
                return True
        except OSError:
            return False

    def get(self, path):
        """(milliseconds until the last byte, status, body)"""
        began = time.perf_counter()
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        body = answer.read()
        return (time.perf_counter() - began) * 1000, answer.status, body


def fill(bench, tracks):
    """By real workers, so that tables, ledger and history are as they are; then the shelf follows. (console, seconds of that)"""
    bench.fresh(reconcile_ms=2000)
    bench.account("bench", bench.simulator(tracks, playlists=200, entries=500))
    workers = bench.start("fetcher", "parser", "writer")
    bench.cli("sync", "bench", "--mode", "full", "--wait")
    for worker in workers:
        worker.stop()
        bench.processes.remove(worker)
    console, began = Console(bench), time.monotonic()
    bench.wait(lambda: bench.psql("SELECT count(*) FROM shelf_state WHERE took_ms IS NOT NULL") == "4", 1800, 1)
    seconds = time.monotonic() - began
    bench.psql("VACUUM ANALYZE")
    return console, seconds


def sample(bench, query):
    """The same ones of the same library in each run."""
    rows = bench.psql(f"SELECT id FROM ({query}) q ORDER BY md5(id) LIMIT {ROUNDS}").splitlines()
    return itertools.cycle(rows)


def requests(bench):
    """[(name, function that makes the next address)]: what people ask for, at the beginning, in the middle and at the end."""
    dice, account = random.Random(7), bench.psql("SELECT account_id FROM account")
    sync = bench.psql("SELECT sync_id FROM sync ORDER BY sync_id DESC LIMIT 1")
    ids = {kind: sample(bench, f"SELECT id FROM {kind}") for kind in ("artist", "album", "track", "playlist")}
    titles = bench.psql("SELECT title FROM track ORDER BY md5(id) LIMIT 200").splitlines()
    words = [word for word in " ".join(titles).split() if word.isalpha() and len(word) > 2]
    letters = {kind: bench.psql(f"SELECT DISTINCT letter FROM shelf WHERE kind = '{kind}' AND letter ~ '[A-Z]'").splitlines() for kind in ids}
    found = [(name, lambda path=path: path) for name, path in (
        ("/", "/"), ("/library", "/library"), ("/library/ACCOUNT", "/library/bench"), ("/rejects", "/rejects"), ("/workers", "/workers"),
        ("/settings", "/settings"), ("/syncs/ID", f"/syncs/{sync}"))]
    for kind in ids:
        lists = f"/library/bench/{kind}s"
        found += [(f"{lists}", lambda lists=lists: lists),
                  (f"{lists}?letter=", lambda lists=lists, kind=kind: f"{lists}?letter={quote(dice.choice(letters[kind]))}"),
                  (f"{lists}?after=", lambda lists=lists, kind=kind: f"{lists}?after={quote(next(ids[kind]))}"),
                  (f"{lists}?before=", lambda lists=lists, kind=kind: f"{lists}?before={quote(next(ids[kind]))}"),
                  (f"/library/bench/{kind}/ID", lambda kind=kind: f"/library/bench/{kind}/{quote(next(ids[kind]))}")]
    searches = {"a letter": lambda: dice.choice("abcdefghilmnoprst"), "a beginning": lambda: dice.choice(words)[:3],
                "a word": lambda: dice.choice(words), "a title": lambda: dice.choice(titles)}
    found += [(f"search, {name}", lambda make=make: f"/library/bench/search?part=1&q={quote(make())}") for name, make in searches.items()]
    return found + api(ids, sync) + players(ids, account, dice, words)


def api(ids, sync):
    lists = [f"accounts/bench/{kind}s" for kind in ids]
    found = [(f"/api/v1/{path}", lambda path=path: f"/api/v1/{path.replace('ID', sync)}") for path in
             ["accounts", "syncs", "syncs/ID", "syncs/ID/pages?limit=500", "syncs/ID/rejects", "rejects", "lag"]]
    found += [(f"/api/v1/{path}?limit=500&after=", lambda path=path, kind=kind: f"/api/v1/{path}?limit=500&after={quote(next(ids[kind]))}")
              for kind, path in zip(ids, lists)]
    return [*found, ("/api/v1/.../entries?limit=500", lambda: f"/api/v1/accounts/bench/playlists/{quote(next(ids['playlist']))}/entries?limit=500")]


def players(ids, account, dice, words):
    def own(kind):
        return quote(f"{account}-{next(ids[kind])}")
    rest = {"getArtist": lambda: f"getArtist?id={own('artist')}", "getAlbum": lambda: f"getAlbum?id={own('album')}",
            "getSong": lambda: f"getSong?id={own('track')}", "getPlaylists": lambda: "getPlaylists?",
            "getPlaylist": lambda: f"getPlaylist?id={own('playlist')}",
            "getAlbumList2, in the middle": lambda: f"getAlbumList2?type=alphabeticalByName&size=500&offset={dice.randrange(1000)}",
            "getAlbumList2, random": lambda: "getAlbumList2?type=random&size=50",
            "search3, a word": lambda: f"search3?query={quote(dice.choice(words))}"}
    return [(f"/rest/{name}", lambda make=make: f"/rest/{make()}&f=json") for name, make in rest.items()]


def measure(bench, tracks):
    """{name: {"p50", "p99" in ms, "kib", "bad": statuses that were not 200}}, and how long the shelf took."""
    console, seconds = fill(bench, tracks)
    figures = {}
    for name, make in requests(bench):
        console.get(make())  # what has to be read from disk for the first time is no measure of the page
        answers = [console.get(make()) for _ in range(ROUNDS)]
        times = sorted(ms for ms, _, _ in answers)
        bad = [status for _, status, body in answers if status != 200 or b'"failed"' in body[:200]]
        figures[name] = {"p50": times[len(times) // 2], "p99": times[min(len(times) - 1, int(len(times) * 0.99))],
                         "kib": max(len(body) for _, _, body in answers) / 1024, "bad": bad}
    return {"shelf_s": seconds, "peak_mib": console.process.peak_mib(), "pages": figures}
