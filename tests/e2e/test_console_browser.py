"""The console in a real browser: what a person does there, at a desk and on a phone, by day and by night, with the keyboard alone,
and where scripts do not run. No page may log an error or break its own policy, and axe finds nothing serious on any."""
import re

from browser import LOOKS, Browser
from simulator import PASSWORD as SERVER_PASSWORD
from test_console import ConsoleCase

PASSWORD = "a password for the browser"


class Pages(ConsoleCase):
    @classmethod
    def prepare(cls):
        cls.pipeline.cli("user", "add", "anna", "--password-stdin", text=PASSWORD + "\n")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.server = cls.simulator(3000)
        cls.account(cls.server, "home")
        cls.sync = cls.pipeline.sync("home").sync
        cls.pipeline.sql("INSERT INTO sync_reject (account_id, sync_id, topic, kafka_partition, kafka_offset, position, kind, item_id, reason, "
                         f"detail, original, at) SELECT {cls.pipeline.account_id('home')}, '{cls.sync}', 'x', 0, n, 0, 'track', 'id-' || n, "
                         "'missing_field', 'no title', '{\"id\": \"a very long line of an original that goes on\"}', now() FROM generate_series(1, 3) n")
        cls.playlist = cls.pipeline.value("SELECT playlist_id FROM playlist_entry ORDER BY playlist_id LIMIT 1")

    def window(self, *look, **options):
        window = self.browser.window(*look, **options)
        self.addCleanup(window.close)
        self.addCleanup(lambda: self.assertEqual(window.troubles, []))
        return window

    def signed_in(self, *look, **options):
        window = self.window(*look, **options)
        window.page.goto(self.console.url + "/")
        window.page.get_by_label("User").fill("anna")
        window.page.get_by_label("Password").fill(PASSWORD)
        window.page.get_by_role("button", name="Sign in").click()
        window.page.get_by_role("heading", name="Overview").wait_for()
        return window

    def await_shelf(self, account="home"):
        number = self.pipeline.account_id(account)
        self.wait_until(lambda: self.pipeline.value(
            "SELECT count(*) FROM library l JOIN shelf_state s USING (account_id, category) "
            f"WHERE l.account_id = {number} AND s.seen = concat_ws(' ', l.epoch, l.walk, l.page, l.part, l.items)") == "4", "the shelf")

    def item(self, kind):
        """The address of one."""
        row = self.pipeline.value(f"SELECT id FROM shelf WHERE kind = '{kind}' ORDER BY letter, sort_key, id LIMIT 1")
        return f"/library/home/{kind}/{row}"

    def addresses(self):
        return ["/", f"/syncs/{self.sync}", "/library", "/library/home", "/library/home/artists", "/library/home/albums",
                "/library/home/tracks", "/library/home/playlists", "/library/home/tracks?removed=1", "/library/home/search?q=love",
                "/library/home/search?q=nothingofthiskind", self.item("artist"), self.item("album"), self.item("track"),
                f"/library/home/playlist/{self.playlist}", "/library/home/history", f"/library/home/history/{self.sync}", "/accounts",
                "/accounts/home", "/accounts/home/schedule", "/accounts/home/sign-in", "/accounts/home/remove", "/accounts/connect/opensubsonic",
                "/accounts/connect/spotify", "/rejects", "/workers", "/settings", "/settings/webhooks"]

    # ---- what a person does ----

    def test_a_person_signs_in_watches_a_sync_and_finds_their_music_on_any_screen(self):
        self.await_shelf()
        for look in LOOKS:
            with self.subTest(look):
                window = self.signed_in(*look)
                self.watch_a_sync(window)
                self.browse(window)
                self.look_around(window)
                window.page.get_by_role("button", name="Sign out").click()
                window.page.get_by_role("heading", name="Sign in").wait_for()
                self.assertEqual(window.troubles, [])

    def test_a_person_adds_an_account_syncs_it_sees_what_was_rejected_and_has_the_rest_tried_again(self):
        for number, look in enumerate(LOOKS):
            with self.subTest(look):
                window = self.signed_in(*look)
                self.add_account(window, f"new{number}")
                self.sync_and_retry(window, f"new{number}")
                self.assertEqual(window.troubles, [])

    def add_account(self, window, name):
        """A wrong password is told at its field, and what was typed otherwise stands there still."""
        page = window.page
        page.get_by_role("link", name="Accounts").click()
        page.locator("a[href='/accounts/connect/opensubsonic']").click()
        page.get_by_label("Name of the account").fill(name)
        page.get_by_label("Address").fill(self.server.url)
        page.get_by_label("User name").fill("demo")
        page.get_by_label("Password or API key").fill("wrong")
        page.get_by_role("button", name="Add").click()
        page.locator(".wrong").wait_for()
        self.assertEqual(page.get_by_label("Address").input_value(), self.server.url)
        self.assertEqual(window.too_wide(), [])
        window.troubles = []  # the answer was an error, as it should be
        page.get_by_label("Password or API key").fill(SERVER_PASSWORD)
        page.get_by_role("button", name="Add").click()
        page.get_by_role("heading", name=name).wait_for()

    def sync_and_retry(self, window, name):
        """Items without a name are rejects; a category that failed is read when the button says so."""
        page = window.page
        self.server.fault("malformed", items=5, endpoint="search3", nth=2)
        self.server.fault("status", status=500, endpoint="getPlaylists", count=0)
        try:
            page.get_by_role("button", name="Sync now").click()
            page.wait_for_url(re.compile("/syncs/"))
            page.locator(".lead", has_text="partial").wait_for(timeout=60000)
        finally:
            self.server.reset("faults")
        page.get_by_role("heading", name="What could not be taken").wait_for()
        page.locator("summary").first.click()
        self.assertTrue(page.locator("details pre").first.is_visible())
        page.get_by_role("button", name="Sync what is missing").click()
        page.locator(".lead", has_text="complete").wait_for(timeout=60000)
        self.assertEqual(window.too_wide(), [])

    def watch_a_sync(self, window):
        """The bar moves on the page as it was loaded, and in the end the page says that all is complete."""
        page = window.page
        self.server.slow(2500)
        try:
            page.locator("select[name=account]").select_option("home")
            page.locator("select[name=mode]").select_option("full")
            page.get_by_role("button", name="Sync now").click()
            page.wait_for_url(re.compile("/syncs/"))
            sync = page.url.rpartition("/")[2]
            page.goto(self.console.url + "/")
            page.evaluate("() => window.same = true")
            doing = page.locator(".card", has_text="home").locator(".doing")
            bar = doing.filter(has_text="tracks").locator("progress")
            bar.wait_for()
            page.get_by_role("link", name="Last sync").first.focus()
            before = bar.evaluate("bar => bar.position")
            page.wait_for_function("before => { const bar = document.querySelector('.doing progress'); return bar && bar.position > before; }",
                                   arg=max(before, 0))
            self.assertEqual(page.evaluate("() => document.activeElement.textContent"), "Last sync", "who has the focus keeps it")
        finally:
            self.server.reset("faults")
        doing.wait_for(state="detached", timeout=60000)
        self.assertTrue(page.evaluate("() => window.same"), "the page was not loaded anew")
        self.assertEqual(window.too_wide(), [])
        page.get_by_role("link", name="Last sync").first.click()
        page.get_by_role("heading", name="Sync of home").wait_for()
        self.assertIn(sync, page.url)
        self.assertIn("complete", page.locator(".lead").inner_text())

    def browse(self, window):
        """Lists by letters, an album from there, a search while typing, a playlist."""
        page = window.page
        page.get_by_role("link", name="Library", exact=True).click()
        page.get_by_role("link", name="home", exact=True).click()
        tabs = page.get_by_role("navigation", name="Library")
        for kind in ("Artists", "Tracks", "Albums"):
            tabs.get_by_role("link", name=kind).click()
            page.get_by_role("heading", name=kind, exact=True).wait_for()
            letter = page.get_by_role("navigation", name="Letters").get_by_role("link").nth(3)
            wanted = letter.inner_text()
            letter.click()
            page.wait_for_url(re.compile("letter="))
            self.assertEqual(page.locator("table.items td a").first.inner_text()[0].upper(), wanted)
            self.assertEqual(window.too_wide(), [])
        name = page.locator("table.items td a").first.inner_text()
        page.locator("table.items td a").first.click()
        page.get_by_role("heading", name=name, exact=True).wait_for()
        page.get_by_role("searchbox").press_sequentially(name[:4])
        page.locator("#found a").first.wait_for()
        self.assertIn("found", page.get_by_role("status").text_content())
        tabs.get_by_role("link", name="Playlists").click()
        page.locator("table.items td a").first.click()
        page.get_by_role("columnheader", name="#").wait_for()
        self.assertEqual(window.too_wide(), [])

    def look_around(self, window):
        page = window.page
        page.get_by_role("link", name="Rejects").click()
        page.locator("summary").first.click()
        self.assertTrue(page.locator("details pre").first.is_visible())
        self.assertEqual(window.too_wide(), [])
        page.get_by_role("link", name="Workers").click()
        page.get_by_role("img", name=re.compile("Messages behind")).wait_for()
        self.assertEqual(window.too_wide(), [])

    def test_search_needs_no_mouse(self):
        self.await_shelf()
        window = self.signed_in()
        page = window.page
        page.goto(self.console.url + "/library/home")
        name = self.pipeline.value("SELECT title FROM track WHERE length(title) > 6 AND title ~ '^[A-Za-z ]+$' ORDER BY id LIMIT 1")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.id") == "q":
                break
        page.keyboard.type(name)
        page.locator("#found a", has_text=name).first.wait_for()
        page.keyboard.press("ArrowDown")
        self.assertTrue(page.evaluate("() => document.getElementById('found').contains(document.activeElement)"))
        page.keyboard.press("ArrowUp")
        self.assertEqual(page.evaluate("() => document.activeElement.id"), "q")
        page.keyboard.press("Escape")
        self.assertEqual((page.input_value("#q"), page.locator("#found a").count()), ("", 0))
        page.keyboard.type(name)
        page.locator("#found a", has_text=name).first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/library/home/(artist|album|track|playlist)/"))

    def test_of_a_thousand_accounts_those_with_news_come_first_and_the_page_stays_alive(self):
        self.pipeline.sql("INSERT INTO account (name, provider, url, username, secret) SELECT 'many-' || n, provider, url, username, secret "
                          "FROM account, generate_series(1, 1000) n WHERE name = 'home'")
        self.addCleanup(self.pipeline.sql, "DELETE FROM account WHERE name LIKE 'many-%'")
        window = self.signed_in()
        self.assertEqual(window.page.locator(".card").count(), 60)
        self.account(self.server, "zz-last")
        self.server.slow(700)
        self.addCleanup(self.server.reset, "faults")
        sync = self.pipeline.enqueue("zz-last")
        window.page.locator(".card").first.get_by_role("link", name="zz-last").wait_for(timeout=30000)
        self.server.reset("faults")
        self.pipeline.watch(sync)
        window.page.goto(self.console.url + "/library")
        self.assertEqual(window.page.locator(".card").count(), int(self.pipeline.value("SELECT count(*) FROM account")))

    # ---- what holds on every page ----

    def test_no_page_is_wider_than_its_window_or_has_what_axe_calls_serious(self):
        self.await_shelf()
        window = self.signed_in()
        self.judge(window, self.addresses())

    def test_pages_for_nobody_and_of_errors_are_held_to_the_same(self):
        window = self.window()
        self.judge(window, ["/sign-in"])
        window = self.signed_in()
        self.judge(window, ["/nowhere", "/library/nobody"])
        window.troubles = [trouble for trouble in window.troubles if "404" not in trouble]

    def judge(self, window, addresses):
        for address in addresses:
            window.page.goto(self.console.url + address, wait_until="load")
            for look in LOOKS:
                with self.subTest(address, look=look):
                    window.look(*look)
                    self.assertEqual(window.too_wide(), [])
                    self.assertEqual(window.findings(), [])

    def test_tab_comes_to_everything_and_shows_where_it_is(self):
        self.await_shelf()
        for size, colours in (("desktop", "light"), ("phone", "dark")):
            window = self.signed_in(size, colours)
            for address in ("/", f"/syncs/{self.sync}", "/library", "/library/home", "/library/home/artists", "/accounts", "/accounts/home",
                            "/accounts/home/schedule", "/accounts/connect/opensubsonic", "/rejects", "/workers", "/settings", "/settings/webhooks"):
                with self.subTest(address, size=size):
                    window.page.goto(self.console.url + address)
                    missed, unseen = window.tab_through()
                    self.assertEqual((missed, unseen), ([], []))

    def test_all_of_it_works_where_scripts_do_not_run(self):
        self.await_shelf()
        window = self.signed_in(scripts=False)
        page = window.page
        page.get_by_role("link", name="Library", exact=True).click()
        page.get_by_role("link", name="home", exact=True).click()
        name = self.pipeline.value("SELECT title FROM album ORDER BY id LIMIT 1")
        page.get_by_role("searchbox").fill(name)
        page.get_by_role("button", name="Search").click()
        page.locator("table.items").get_by_role("link", name=name, exact=True).first.click()
        page.get_by_role("heading", name=name, exact=True).wait_for()
        page.get_by_role("navigation", name="Library").get_by_role("link", name="Tracks").click()
        page.get_by_role("link", name="Next →").click()
        page.get_by_role("link", name="← Previous").wait_for()
        for address in self.addresses():
            self.assertEqual(page.goto(self.console.url + address).status, 200, address)
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("heading", name="Sign in").wait_for()
