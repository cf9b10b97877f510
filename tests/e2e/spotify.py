"""What tests of Spotify share: a simulated service, accounts that signed in by a pasted address, the whole library compared."""
import re
import subprocess
import urllib.request

import stack
from case import Case

TRACKS = 400


def opened(url):
    """Where the browser of somebody who agrees ends."""
    class Stop(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None
    try:
        urllib.request.build_opener(Stop).open(url, timeout=20)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise AssertionError("no redirect")


class SpotifyCase(Case):
    SETTINGS = {"rates": "spotify=0"}
    PROVIDER = "spotify"

    @classmethod
    def spotify(cls, tracks=TRACKS, flags=(), **options):
        options = {"flavour": "spotify", "albums": 70, "artists": 60, "playlists": 10, "entries": 70, **options}
        return cls.simulator(tracks, flags=("--any-user", *flags), **options)

    @classmethod
    def browse(cls, _server, url):
        return opened(url)

    @classmethod
    def account(cls, server, name=None, user="demo", secret=None, app="app1"):
        """Signed in by a pasted address: a person without a browser on this machine. secret: the app's, if it has one."""
        cls.accounts += 1
        name = name or f"a{cls.accounts}"
        cls.users[name] = user
        server.consent(user=user)
        cls.sign_in(server, secret, "add", name, "--provider", "spotify", "--client-id", app, "--url", server.url,
                    "--no-test", *(["--client-secret-stdin"] if secret else []))
        return name

    @classmethod
    def login(cls, server, name, user="demo"):
        """The same person once more."""
        server.consent(user=user)
        cls.sign_in(server, None, "login", name, "--no-sync")

    @classmethod
    def sign_in(cls, server, secret, *words):
        words = [stack.BIN / "syncline", "--config", cls.pipeline.settings, "account", *words, "--paste"]
        with subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as child:
            shown = ""
            if secret:
                child.stdin.write(secret + "\n")
                child.stdin.flush()
            while not (found := re.search(r"(http://\S+/authorize\?\S+)\s", shown)):
                line = child.stdout.readline()
                assert line, shown
                shown += line
            child.stdin.write(cls.browse(server, found.group(1)) + "\n")
            child.stdin.flush()
            rest = child.stdout.read()
            assert child.wait(20) == 0, shown + rest

    # ---- comparing ----

    def rejected(self, account):
        """What it lists without a name or as null."""
        return self.all_rejected(account)

    def assert_synced(self, report):
        causes = [(row["category"], row["state"], row["cause"]) for row in report.categories.values()]
        self.assertEqual(report.state, "complete", f"{report.all['cause']}: {causes}")
