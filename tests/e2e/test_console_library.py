"""The console's library: what is on the shelf, in which order, how it is found, and what is shown of odd things."""
import urllib.parse

import page
import stack
from case import Case
from console import Console, Visitor

KINDS = ("artist", "album", "track", "playlist")


class LibraryPages(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.console = Console(cls.pipeline).await_ready()
        cls.addClassCleanup(cls.console.end)
        cls.visitor = Visitor(cls.console.url)
        cls.server = cls.simulator(1000)
        cls.home = cls.account(cls.server, "home")
        cls.pipeline.sync("home")

    def tearDown(self):
        self.assertFalse(self.console.unexpected, "the console ended on its own")
        super().tearDown()

    def await_shelf(self, account="home"):
        """Until the shelf has followed the library."""
        self.wait_until(lambda: "Lists are up to date" in self.visitor.ask(f"/library/{account}").text, f"the shelf of {account}")

    def again(self, account="home"):
        """The shelf compares everything once more: for rows that a test has changed by itself."""
        self.pipeline.sql(f"DELETE FROM shelf_state WHERE account_id = {self.pipeline.account_id(account)}")
        self.await_shelf(account)

    def page(self, path, status=200):
        answer = self.visitor.ask(path)
        self.assertEqual(answer.status, status, answer.text[:2000])
        return answer

    def ids(self, answer, kind, account="home"):
        """Of the items of a kind that a page links to, in its order."""
        before = f"/library/{account}/{kind}/"
        addresses = [row[0][1] for row in page.rows(answer.text)] + [row[1][1] for row in page.rows(answer.text) if len(row) > 1]
        return [urllib.parse.unquote(address[len(before):]) for address in addresses if address and address.startswith(before)]

    def listed(self, kind, query=""):
        """Ids of all pages, from the first to the last, by "Next"."""
        path, found = f"/library/home/{kind}s", []
        address = path + query
        while address:
            answer = self.page(address)
            found += self.ids(answer, kind)
            following = page.links(answer.text).get("Next →")
            address = path + following if following else None
        return found

    def rename(self, track, title):
        title = title.replace("'", "''")
        self.pipeline.sql(f"UPDATE track SET title = '{title}', content_hash = content_hash + 1 WHERE id = '{track}' "
                          f"AND account_id = {self.pipeline.account_id('home')}")
        self.again()

    def found(self, text, kind, account="home"):
        return self.ids(self.page(f"/library/{account}/search?part=1&q={urllib.parse.quote(text)}"), kind, account)

    # ---- the shelf ----

    def test_each_item_stands_once_in_the_lists_whatever_the_size_of_their_pages(self):
        self.await_shelf()
        for kind in KINDS:
            with self.subTest(kind):
                listed = self.listed(kind)
                self.assertEqual(sorted(listed), sorted(row[0] for row in self.rows("home", kind + "s")))

    def test_going_back_shows_the_pages_that_were_seen(self):
        self.await_shelf()
        first = self.page("/library/home/tracks")
        second = self.page("/library/home/tracks" + page.links(first.text)["Next →"])
        third = self.page("/library/home/tracks" + page.links(second.text)["Next →"])
        back = self.page("/library/home/tracks" + page.links(third.text)["← Previous"])
        self.assertEqual(page.rows(back.text), page.rows(second.text))
        self.assertEqual(page.rows(self.page("/library/home/tracks" + page.links(back.text)["← Previous"]).text), page.rows(first.text))

    def test_going_back_from_near_the_beginning_shows_the_first_page_whole(self):
        self.await_shelf()
        first = self.page("/library/home/tracks")
        second_track = self.ids(first, "track")[1]
        back = self.page("/library/home/tracks?before=" + urllib.parse.quote(second_track, safe=""))
        self.assertEqual(page.rows(back.text), page.rows(first.text))
        self.assertNotIn("← Previous", page.links(back.text))

    def test_a_letter_leads_to_where_it_begins(self):
        self.await_shelf()
        letters = self.page("/library/home/tracks")
        whole = self.listed("track")
        for letter in ("#", "M", "T"):
            with self.subTest(letter):
                from_here = self.listed("track", page.links(letters.text)[letter])
                self.assertEqual(from_here, whole[-len(from_here):])
                first = self.pipeline.value(f"SELECT letter FROM shelf WHERE kind = 'track' AND id = '{from_here[0]}'")
                self.assertEqual(first, letter)

    def test_a_change_writes_what_changed_and_nothing_else(self):
        self.await_shelf()
        before = self.pipeline.sql("SELECT id, xmin FROM shelf WHERE kind = 'track' ORDER BY id")
        track = before[17][0]
        self.rename(track, "Another name")
        after = self.pipeline.sql("SELECT id, xmin FROM shelf WHERE kind = 'track' ORDER BY id")
        self.assertEqual([new[0] for old, new in zip(before, after) if old != new], [track])
        self.assertIn(track, self.found("another name", "track"))

    def test_what_the_provider_no_longer_has_is_shown_apart_when_asked_for(self):
        server = self.simulator(300)
        self.account(server, "shrinking")
        self.pipeline.sync("shrinking")
        server.edit("remove", index=5, tracks=3)
        self.pipeline.sync("shrinking", "--mode", "full")
        self.await_shelf("shrinking")
        gone = {row[0] for row in self.pipeline.sql("SELECT id FROM track WHERE removed_at IS NOT NULL AND account_id = "
                                                    + self.pipeline.account_id("shrinking"))}
        self.assertEqual(len(gone), 3)
        here = self.page("/library/shrinking/tracks")
        self.assertFalse(gone & set(self.ids(here, "track", "shrinking")))
        apart = self.page("/library/shrinking/tracks" + page.links(here.text)["Show removed tracks"])
        self.assertEqual(set(self.ids(apart, "track", "shrinking")), gone)
        item = self.page("/library/shrinking/track/" + urllib.parse.quote(gone.pop(), safe=""))
        self.assertIn("does not have this any more", item.text)

    def test_a_library_of_which_the_planner_knows_nothing_is_compared_in_one_reading(self):
        """And not by a look for each item, along whatever index."""
        self.await_shelf()
        question = (stack.ROOT / "schemas/sql/q_shelf_window.sql").read_text(encoding="utf-8")
        for number, value in enumerate(("1000000", "'track'", "''", "2000"), 1):
            question = question.replace(f"${number}", value)
        plan = [row[0] for row in self.pipeline.sql("EXPLAIN " + question[question.index("WITH"):])]
        self.assertTrue(any("NOT (hashed SubPlan" in line for line in plan), plan)

    def test_the_planner_knows_a_new_library_as_soon_as_it_is_on_the_shelf(self):
        self.await_shelf()
        known = self.pipeline.sql("SELECT relname FROM pg_stat_user_tables WHERE last_analyze IS NOT NULL ORDER BY 1")
        self.assertLessEqual({"album", "artist", "playlist", "playlist_entry", "shelf", "track"}, {row[0] for row in known})

    def test_two_consoles_keep_one_shelf_and_a_removed_account_leaves_none(self):
        other = Console(self.pipeline).await_ready()
        self.addCleanup(other.end)
        self.account(self.simulator(200), "leaving")
        self.pipeline.sync("leaving")
        self.await_shelf("leaving")
        number = self.pipeline.account_id("leaving")
        self.assertEqual(self.pipeline.value(f"SELECT count(*) FROM shelf WHERE account_id = {number} AND kind = 'track'"), "200")
        self.pipeline.cli("account", "remove", "leaving", "--yes")
        self.assertEqual(self.pipeline.value(f"SELECT count(*) FROM shelf WHERE account_id = {number}"), "0")
        self.assertEqual(self.page("/library/leaving", 404).status, 404)

    # ---- search ----

    def test_search_knows_no_case_no_accents_and_takes_the_beginning_of_words(self):
        track = self.rows("home", "tracks")[3][0]
        self.rename(track, "Déjà-vu aux Étoiles d'Ørsted")
        for typed in ("deja vu", "DÉJÀ", "etoil", "dorsted", "étoiles déj", "vu aux"):
            with self.subTest(typed):
                self.assertIn(track, self.found(typed, "track"))
        self.assertNotIn(track, self.found("deja nothing", "track"))
        self.assertEqual(self.found("", "track"), [])
        self.assertEqual(self.found("'\\:*&|!<->", "track"), [])

    def test_a_track_is_found_by_its_artist_and_album_too_and_without_script(self):
        self.await_shelf()
        row = self.pipeline.sql("SELECT id, artist_name, album_title, title FROM track WHERE artist_name <> '' AND title <> '' "
                                "ORDER BY id LIMIT 1")[0]
        answer = self.page("/library/home/search?q=" + urllib.parse.quote(" ".join(row[1:])))
        self.assertIn(row[0], self.ids(answer, "track"))
        self.assertIn("<form role=\"search\"", answer.text)

    def test_a_search_finds_nothing_of_another_account(self):
        self.await_shelf()
        self.account(self.simulator(200, seed=11), "other")
        self.pipeline.sync("other")
        self.await_shelf("other")
        title = self.rows("home", "tracks")[9][1]
        here = {row[0] for row in self.rows("other", "tracks")}
        self.assertTrue(set(self.found(title, "track", "other")) <= here)

    # ---- what is shown ----

    def test_text_of_a_provider_is_text(self):
        track = self.rows("home", "tracks")[5][0]
        nasty = "<script>alert(1)</script>\"'&amp;"
        self.rename(track, nasty)
        for path in (f"/library/home/track/{urllib.parse.quote(track, safe='')}", "/library/home/search?q=script%20alert"):
            text = self.page(path).text
            self.assertNotIn("<script>alert", text)
            self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;amp;", text)

    def test_an_artist_has_his_albums_and_an_album_its_tracks_in_order(self):
        self.await_shelf()
        artist = self.pipeline.value("SELECT artist_id FROM album WHERE artist_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
        number = self.pipeline.account_id("home")
        albums = [row[0] for row in self.pipeline.sql(f"SELECT id FROM album WHERE account_id = {number} AND '{artist}' = ANY (artist_ids)")]
        answer = self.page("/library/home/artist/" + urllib.parse.quote(artist, safe=""))
        shown = [item for item in self.ids(answer, "album") if item in albums]
        self.assertEqual(set(shown), set(albums))
        album = albums[0]
        tracks = [row[0] for row in self.pipeline.sql(f"SELECT id FROM track WHERE account_id = {number} AND album_id = '{album}' "
                                                      "ORDER BY disc NULLS LAST, number NULLS LAST, title")]
        answer = self.page("/library/home/album/" + urllib.parse.quote(album, safe=""))
        self.assertEqual(set(self.ids(answer, "track")), set(tracks))

    def test_a_playlist_shows_every_entry_in_its_place_as_what_it_is(self):
        number = self.pipeline.account_id("home")
        playlist = self.rows("home", "playlists")[0][0]
        odd = {3: "type = 'null', track_id = NULL, title = NULL", 4: "type = 'unavailable', track_id = NULL, title = 'Once here'",
               5: "type = 'local', track_id = NULL, title = 'My tape'", 6: "type = 'track', track_id = 'nowhere', title = 'Elsewhere'"}
        for position, values in odd.items():
            self.pipeline.sql(f"UPDATE playlist_entry SET {values} WHERE account_id = {number} AND playlist_id = '{playlist}' "
                              f"AND position = {position}")
        rows = page.rows(self.page("/library/home/playlist/" + urllib.parse.quote(playlist, safe="")).text)
        entries = self.pipeline.sql(f"SELECT position FROM playlist_entry WHERE account_id = {number} AND playlist_id = '{playlist}' "
                                    "ORDER BY position")
        self.assertEqual([row[0][0] for row in rows], [str(int(entry[0]) + 1) for entry in entries])
        self.assertEqual([rows[at][1][0] for at in odd], ["empty place", "Once here unavailable", "My tape local",
                                                       "Elsewhere not in the library"])

    def test_an_item_that_is_not_there_is_404_and_so_is_an_unknown_list(self):
        for path in ("/library/nobody", "/library/home/songs", "/library/home/album/none", "/library/home/playlist/none"):
            with self.subTest(path):
                self.page(path, 404)


class ShelfWhileSyncing(Case):
    def test_the_first_items_can_be_browsed_before_a_long_sync_is_over(self):
        console = Console(self.pipeline).await_ready()
        self.addCleanup(console.end)
        server = self.simulator(2000)
        server.slow(2000)
        self.account(server, "long")
        sync = self.pipeline.enqueue("long")
        self.wait_pages(sync, 1)
        fetcher = self.pipeline.workers["fetcher-1"]
        fetcher.stop()
        self.addCleanup(fetcher.go_on)
        self.wait_until(lambda: page.rows(Visitor(console.url).ask("/library/long/artists").text), "artists are listed", 60)
        self.assertEqual(self.state(sync), "running")
        fetcher.go_on()
        server.reset("faults")
        self.assert_complete(self.pipeline.watch(sync))
