"""What a simulated server needs beside its flavour's name: how it is started, how an account signs in to it, and what of its
library must be stored, compared with what is."""
import re
import subprocess
import urllib.request

import library
import stack
from simulator import PASSWORD

CATEGORIES = tuple(library.KINDS)


def difference(got, wanted, what):
    """"" when they are equal, otherwise a sentence that stays short when thousands differ."""
    if got == wanted:
        return ""
    got_set, wanted_set = set(map(tuple, got)), set(map(tuple, wanted))
    missing, extra = sorted(wanted_set - got_set), sorted(got_set - wanted_set)
    return (f"{what}: {len(got)} rows, {len(wanted)} in truth; missing {len(missing)}: {missing[:5]}; "
            f"too many {len(extra)}: {extra[:5]}")


def rows(pipeline, account, category):
    """[id, name] of the items that are here, by id."""
    columns, source = library.stored_items(category, pipeline.account_id(account))
    return sorted(pipeline.sql(f"SELECT {', '.join(columns)} FROM {source}"))


def rejected(pipeline, account, condition="true"):
    """Ids of items that are recorded as rejects."""
    return {row[0] for row in pipeline.sql("SELECT item_id FROM sync_reject WHERE item_id <> '' "
                                           f"AND account_id = {pipeline.account_id(account)} AND {condition}")}


class Flavour:
    """One way of being a server. user: whose library it is, where users have different ones."""

    provider = "opensubsonic"
    flags = ("--any-user",)
    sizes = {}

    def __init__(self, name):
        self.name = name

    def options(self):
        return {"flavour": self.name, **self.sizes}

    def add_account(self, pipeline, server, name, user):
        pipeline.add_account(name, server.url, PASSWORD, user=user)

    # ---- comparing ----

    def rejected(self, pipeline, account):
        """Albums without any artist: the simulator has some, as real servers do."""
        return rejected(pipeline, account, "kind = 'album' AND reason = 'missing_field' AND field = 'artist'")

    def differences(self, pipeline, account, server, user="demo", categories=CATEGORIES, unread=frozenset()):
        """Sentences: items that are missing, too many or called otherwise, entries that are not in their place. unread: ids of
        playlists whose entries are not looked at."""
        refused, found = self.rejected(pipeline, account), []
        for category in categories:
            here = rows(pipeline, account, category)
            missing = refused - {item for item, _ in here}  # what was refused once may have been taken since
            found.append(difference(here, sorted(library.items(server, category, user, missing)), f"{category} of {account}"))
        if "playlists" in categories:
            columns, source = library.stored_entries(self.provider, pipeline.account_id(account))
            sides = pipeline.sql(f"SELECT {', '.join(columns)} FROM {source}"), library.entries(server, self.provider, user)
            found.append(difference(*(sorted(row for row in side if row[0] not in unread) for side in sides), f"entries of {account}"))
        return [text for text in found if text]


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


class Spotify(Flavour):
    provider = "spotify"
    sizes = {"albums": 70, "artists": 60, "playlists": 10, "entries": 70}

    def add_account(self, pipeline, server, name, user, browse=opened, secret=None, app="app1"):
        """Signed in by a pasted address: a person without a browser on this machine. secret: the app's, if it has one."""
        server.consent(user=user)
        self.sign_in(pipeline, browse, secret, "add", name, "--provider", "spotify", "--client-id", app, "--url", server.url,
                     "--no-test", *(["--client-secret-stdin"] if secret else []))

    @staticmethod
    def sign_in(pipeline, browse, secret, *words):
        words = [stack.BIN / "syncline", "--config", pipeline.settings, "account", *words, "--paste"]
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
            child.stdin.write(browse(found.group(1)) + "\n")
            child.stdin.flush()
            rest = child.stdout.read()
            assert child.wait(20) == 0, shown + rest

    def rejected(self, pipeline, account):
        """What is listed without a name or as null is told as a reject."""
        return rejected(pipeline, account)


class AppleMusic(Flavour):
    """key, public: the paths of a developer's private key and of its public part."""
    provider = "applemusic"
    sizes = {"albums": 130, "artists": 120, "playlists": 16, "entries": 130}

    def __init__(self, name, folder):
        super().__init__(name)
        self.key, self.public = folder / "AuthKey_K.p8", folder / "public.pem"
        stack.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.key])
        stack.run(["openssl", "pkey", "-in", self.key, "-pubout", "-out", self.public])

    def options(self):
        return {**super().options(), "apple_key": self.public}

    def add_account(self, pipeline, server, name, user):
        """With the key that signs developer tokens, and a test of the sign-in."""
        pipeline.cli("account", "add", name, "--provider", "applemusic", "--url", server.url, "--team-id", "TEAM123456",
                     "--key-id", "KEY1234567", "--key-file", self.key, "--user-token-stdin", text=server.user_token(user) + "\n")

    def rejected(self, pipeline, account):
        return rejected(pipeline, account)


class Jellyfin(Flavour):
    provider = "jellyfin"
    sizes = {"albums": 170, "artists": 120, "playlists": 16}

    def add_account(self, pipeline, server, name, user, secret=PASSWORD, options=()):
        pipeline.cli("account", "add", name, "--provider", "jellyfin", "--url", server.url + "/", "--user", user,
                     "--password-stdin", *options, text=secret + "\n")

    def rejected(self, pipeline, account):
        return set()
