"""Libraries at providers that count requests: what a sync asks for, how fast it is, and whether all of it came."""
import json
import re
import subprocess
import sys
import time
import urllib.request

from measure import BIN, PASSWORD, ROOT, run

sys.path.insert(0, str(ROOT / "tests" / "support"))
import library  # noqa: E402  (what end-to-end tests compare is compared here)

LISTS = {"playlists": 200, "entries": 100}
TOPICS_S = 3  # a client that meets topics which were only just made reads their first messages seconds late: not what is measured
EDITED = 16  # of those playlists: the user's own at each of the providers


class Server:
    """What the simulator knows of the library it holds."""

    def __init__(self, url):
        self.url = url

    def call(self, method, route, **parameters):
        query = "&".join(f"{key}={value}" for key, value in parameters.items())
        request = urllib.request.Request(f"{self.url}/_sim/{route}?{query}", method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode()

    def truth(self, kind, names=False, user="demo"):
        text = self.call("GET", "truth", kind=kind, names=int(names), user=user)
        lines = [line.split("\t") for line in text.split("\n")[:-1]]
        return [[item, json.loads(name)] for item, name in lines] if names else lines


# ---- an account of each ----

def add_spotify(bench, name, url):
    """Signed in by a pasted address, as on a machine without a browser."""
    Server(url).call("POST", "consent", user=name)
    words = [BIN / "syncline", "--config", bench.settings, "account", "add", name, "--provider", "spotify", "--url", url,
             "--client-id", "bench", "--paste", "--no-test"]
    with subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        shown = ""
        while not (found := re.search(r"(http://\S+/authorize\?\S+)\s", shown)):
            line = child.stdout.readline()
            if not line:
                raise RuntimeError(f"no address to sign in at: {shown}")
            shown += line
        child.communicate(run("curl", "-s", "-o", "/dev/null", "-w", "%{redirect_url}", found.group(1)) + "\n")


def add_applemusic(bench, name, url):
    key = bench.folder / "AuthKey.p8"
    if not key.exists():
        run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
    bench.cli("account", "add", name, "--provider", "applemusic", "--url", url, "--team-id", "TEAM123456", "--key-id",
              "KEY1234567", "--key-file", key, "--user-token-stdin", text=f"user-{name}\n")


def add_jellyfin(bench, name, url):
    bench.cli("account", "add", name, "--provider", "jellyfin", "--url", url, "--user", name, "--password-stdin",
              text=PASSWORD + "\n")


ACCOUNTS = {"spotify": add_spotify, "applemusic": add_applemusic, "jellyfin": add_jellyfin}


# ---- measurements ----

def begin(bench, provider, rate, tracks, fetchers=("fetcher",), **lists):
    """A fresh pipeline and a server; rate as in the setting `rates`."""
    bench.fresh(rates=f"{provider}={rate}")
    url = bench.simulator(tracks, "--any-user", flavour=provider, **lists)
    time.sleep(TOPICS_S)
    workers = bench.start(*fetchers, "parser", "writer")
    for name in (*fetchers, "parser", "writer"):
        bench.wait(lambda name=name: bench.ready(name), 120)
    return url, workers


def whole(bench, provider, tracks):
    """One account without a limit: first sync, unchanged, and with one playlist edited."""
    url, workers = begin(bench, provider, "0", tracks, **LISTS)
    ACCOUNTS[provider](bench, "bench", url)
    figures, started = {}, time.monotonic()
    bench.cli("sync", "bench", "--wait")
    figures["seconds"] = time.monotonic() - started
    figures["first"] = newest_sync(bench)
    figures["items_s"] = figures["first"]["received"] / figures["seconds"]
    figures["peak_mib"] = {worker.name: worker.peak_mib() for worker in workers}
    figures["lists"] = lists_compared(bench, provider, Server(url))
    bench.cli("sync", "bench", "--wait")
    figures["unchanged"] = newest_sync(bench)
    Server(url).call("POST", "edit", op="playlist-add", playlist=EDITED, entries=1)
    bench.cli("sync", "bench", "--wait")
    figures["one playlist edited"] = newest_sync(bench)
    return figures


def at_a_rate(bench, provider, accounts, fetchers, tracks, rate):
    """Accounts that share one credential, synced at once: time over what the rate permits."""
    url, _ = begin(bench, provider, f"{rate}/1s", tracks, fetchers, playlists=20, entries=100)
    names = [f"u{number}" for number in range(accounts)]
    for name in names:
        ACCOUNTS[provider](bench, name, url)
    started = time.monotonic()
    for name in names:
        bench.cli("sync", name)
    bench.wait(lambda: bench.psql("SELECT count(*) FROM sync WHERE state = 'complete'") == str(accounts), 600)
    seconds = time.monotonic() - started
    requests, needed = map(int, bench.psql("SELECT sum(requests), sum(needed) FROM sync_category").split("|"))
    return {"seconds": seconds, "requests": requests, "needed": needed, "ratio_sent": seconds * rate / requests,
            "ratio": seconds * rate / needed}


def newest_sync(bench):
    """What it read, and what it asked for."""
    row = bench.psql("SELECT sum(received), sum(requests), sum(needed) FROM sync_category "
                     "WHERE sync_id = (SELECT max(sync_id::text)::uuid FROM sync)")
    return dict(zip(("received", "requests", "needed"), map(int, row.split("|"))))


def lists_compared(bench, provider, server):
    """Of each list the count and the hash: [by the server, without what is told as a reject; in Postgres]."""
    number = bench.psql("SELECT account_id FROM account")
    rejected = set(bench.psql("SELECT item_id FROM sync_reject WHERE item_id <> ''").split("\n"))
    rows = {kind: library.items(server, kind, "bench", rejected) for kind in library.KINDS}
    queries = {kind: library.stored_items(kind, number) for kind in library.KINDS}
    rows["entries"] = library.entries(server, provider, "bench")
    queries["entries"] = library.stored_entries(provider, number)
    return {name: [library.fingerprint(rows[name]),
                   library.fingerprint_of(*bench.psql(library.fingerprint_query(*query)).split("|"))]
            for name, query in queries.items()}
