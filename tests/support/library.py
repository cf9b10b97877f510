"""A library as rows of text: as the simulator tells it and as the tables hold it, provider by provider; and rows as one figure
that Postgres works out alike, so that two lists are compared by a line of each.
"""
import collections
import hashlib
import re
import unicodedata

KINDS = {"artists": ("artist", "name"), "albums": ("album", "title"), "tracks": ("track", "title"),
         "playlists": ("playlist", "name")}

# What the simulator's line of an entry becomes, and the columns that hold the same.
Entry = collections.namedtuple("Entry", "row columns")

APPLE_TYPES = {"library-songs": "song", "library-music-videos": "video"}
JELLYFIN_TYPES = {"Audio": "track", "Video": "video"}
PLACE = ("e.playlist_id", "e.position::text")


def tidy(text):
    """As common/text does: NFC, white space and control characters as one space, trimmed."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ufeff\s]+", " ", unicodedata.normalize("NFC", text)).strip()


def spotify_entry(playlist, position, item, kind, uri, added_at, added_by):
    """A local file has no id, and its uri is kept in its place."""
    return [playlist, position, item, kind, uri if kind == "local" else "", added_at, tidy(added_by)]


def apple_entry(playlist, position, item, kind, _catalog):
    return [playlist, position, item, APPLE_TYPES[kind]]


def jellyfin_entry(playlist, position, item, kind):
    return [playlist, position, item, JELLYFIN_TYPES[kind]]


ENTRIES = {
    "opensubsonic": Entry(lambda *line: list(line), (*PLACE, "e.track_id")),
    "spotify": Entry(spotify_entry, (*PLACE, "coalesce(e.track_id, '')", "e.type", "coalesce(e.uri, '')",
                                     """coalesce(to_char(e.added_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')""",
                                     "coalesce(e.added_by, '')")),
    "applemusic": Entry(apple_entry, (*PLACE, "e.track_id", "CASE e.type WHEN 'video' THEN 'video' ELSE 'song' END")),
    "jellyfin": Entry(jellyfin_entry, (*PLACE, "e.track_id", "e.type")),
}


# ---- as the simulator tells it ----

def items(server, category, user, rejected):
    """[id, name] of what is shown, without what is told as a reject."""
    return [[item, tidy(name)] for item, name in server.truth(category, names=True, user=user) if item not in rejected]


def entries(server, provider, user):
    return [ENTRIES[provider].row(*line) for line in server.truth("entries", user=user)]


# ---- as the tables hold it: columns, and where they are from ----

def stored_items(category, account_id):
    table, name = KINDS[category]
    return ("id", name), f"{table} WHERE account_id = {account_id} AND removed_at IS NULL"


def stored_entries(provider, account_id):
    return ENTRIES[provider].columns, (
        "playlist_entry e JOIN playlist p ON p.account_id = e.account_id AND p.id = e.playlist_id "
        f"WHERE e.account_id = {account_id} AND p.removed_at IS NULL")


# ---- as one figure ----

def fingerprint(rows):
    """How many, and a hash that no order changes: the sum of the rows' own, modulo 2^64."""
    total = sum(int.from_bytes(hashlib.md5("\t".join(row).encode()).digest()[:8], "big") for row in rows)
    return len(rows), total % 2 ** 64


def fingerprint_query(columns, source):
    """Answers with one row, the same two figures; read them by fingerprint_of."""
    row = " || E'\\t' || ".join(columns)
    return f"SELECT count(*), coalesce(sum(('x' || left(md5({row}), 16))::bit(64)::bigint), 0) FROM {source}"


def fingerprint_of(count, total):
    """Postgres' numbers are signed."""
    return int(count), int(total) % 2 ** 64
