"""A real music server of its own: supysonic, in a folder of its own, run by compose's scripts."""
import os
import pathlib
import shutil
import sqlite3
import time
import uuid

import stack

ARTISTS, ALBUMS, TRACKS = 12, 4, 13


class Supysonic:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.library = self.folder / "library"
        self.port = stack.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = dict(os.environ, SYNCLINE_DATA=str(self.folder), DEMO_LIBRARY=str(self.library),
                        OPENSUBSONIC_PORT=str(self.port))
        self._compose("library", "--artists", ARTISTS, "--albums-per-artist", ALBUMS, "--tracks-per-album", TRACKS,
                      "--out", self.library)
        self.up()
        self._compose("opensubsonic", "fill")

    def _compose(self, script, *words):
        return stack.run([stack.COMPOSE / script, *words], env=self.env, timeout=180).stdout

    def up(self):
        self._compose("up", "opensubsonic")

    def down(self):
        self._compose("down", "opensubsonic")

    def remove(self):
        self._compose("down", "--erase", "--yes")

    def scan(self):
        """lastModified counts in seconds: two scans within one would be one to a client."""
        time.sleep(1.1)
        self._compose("opensubsonic", "scan")

    def call(self, method, *parameters):
        return self._compose("opensubsonic", "call", method, "c=e2e", *parameters)

    @property
    def password_file(self):
        return self.folder / "opensubsonic" / "password"

    # ---- the files ----

    def files(self):
        return sorted(self.library.rglob("*.mp3"))

    def copy_album(self, folder, to):
        shutil.copytree(folder, to)

    def retag(self, path, old, new):
        """Another title of as many bytes, in place: frame, size, flags, encoding, text."""
        content = path.read_bytes()
        at = content.index(b"TIT2") + 11
        assert len(old) == len(new) and content[at:].startswith(old), f"{path} has no title {old}"
        path.write_bytes(content[:at] + new + content[at + len(old):])

    # ---- what is in its database, ids as its API writes them ----

    def rows(self, query):
        with sqlite3.connect(f"file:{self.folder}/opensubsonic/supysonic.db?mode=ro", uri=True, timeout=10) as database:
            rows = database.execute(query).fetchall()
        database.close()
        return [[str(uuid.UUID(bytes=value)) if isinstance(value, bytes) else value for value in row] for row in rows]

    def entries(self):
        """[playlist, position, track], as far as the track is still there."""
        known = {row[0] for row in self.rows("SELECT id FROM track")}
        lines = []
        for playlist, tracks in self.rows("SELECT id, tracks FROM playlist"):
            here = [track for track in (tracks or "").split(",") if track in known]
            lines += [[playlist, str(position), track] for position, track in enumerate(here)]
        return lines
