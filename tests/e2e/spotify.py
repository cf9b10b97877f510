"""What tests of Spotify share: a simulated service, accounts that signed in by a pasted address, the whole library compared."""
import flavours
from case import Case
from flavours import opened  # noqa: F401  for the tests that browse otherwise

TRACKS = 400


class SpotifyCase(Case):
    RETRIES = 2
    SETTINGS = {"rates": "spotify=0", "retries": RETRIES}
    FLAVOUR = flavours.Spotify("spotify")
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
        cls.FLAVOUR.add_account(cls.pipeline, server, name, user, lambda url: cls.browse(server, url), secret, app)
        return name

    @classmethod
    def login(cls, server, name, user="demo"):
        """The same person once more."""
        server.consent(user=user)
        cls.FLAVOUR.sign_in(cls.pipeline, lambda url: cls.browse(server, url), None, "login", name, "--no-sync")

    # ---- comparing ----

    def rejected(self, account):
        """What it lists without a name or as null."""
        return self.all_rejected(account)

    def assert_synced(self, report):
        causes = [(row["category"], row["state"], row["cause"]) for row in report.categories.values()]
        self.assertEqual(report.state, "complete", f"{report.all['cause']}: {causes}")
