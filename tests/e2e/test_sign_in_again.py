"""What becomes of a sync that stopped because a sign-in had ended: signing in again lets it go on."""
import threading
import time

from case import Case
from relay import Relay
from simulator import PASSWORD


class SignInAgain(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.simulator(120)

    def account_with(self, password):
        type(self).accounts += 1
        name = f"a{self.accounts}"
        self.pipeline.add_account(name, self.server.url, password)
        return name

    def login(self, name, *options):
        done = self.pipeline.cli("account", "login", name, "--password-stdin", *options, text=PASSWORD + "\n", check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"Account {name} is signed in again.", done.stdout)
        return done.stdout

    def syncs(self, name):
        """The newest first."""
        return self.pipeline.sql("SELECT sync_id, state, mode, categories FROM sync "
                                 f"WHERE account_id = {self.pipeline.account_id(name)} ORDER BY sync_id DESC")

    def test_a_sync_that_a_dead_sign_in_stopped_goes_on_by_itself_behind_the_new_one(self):
        name = self.account_with("a-wrong-password")
        self.assertEqual(self.pipeline.sync(name, "--mode", "full", "--only", "artists,tracks").state, "failed")
        told = self.login(name)
        self.assertIn("stopped before artists,tracks were complete", told)
        sync, _, mode, categories = self.syncs(name)[0]
        self.assertIn(sync, told)
        self.assertEqual((mode, categories), ("full", "artists,tracks"))
        self.assert_complete(self.pipeline.watch(sync))
        self.assert_library(name, self.server, ["artists", "tracks"])

    def past_sync(self, name, state, **categories):
        """As if one had ended so, just now; categories by name: how each of them ended."""
        text = f"{time.time_ns() // 1000000:012x}"
        sync = f"{text[:8]}-{text[8:]}-7000-8000-000000000000"
        self.pipeline.sql("INSERT INTO sync (sync_id, account_id, mode, categories, state, ended_at) VALUES "
                          f"('{sync}', {self.pipeline.account_id(name)}, 'incremental', '{','.join(categories)}', '{state}', now())")
        for category, ended in categories.items():
            self.pipeline.sql(f"INSERT INTO sync_category (sync_id, category, state) VALUES ('{sync}', '{category}', '{ended}')")

    def test_only_what_is_missing_is_asked_for_again(self):
        name = self.account_with(PASSWORD)
        self.past_sync(name, "partial", artists="complete", tracks="complete", playlists="failed")
        self.assertIn("stopped before playlists was complete", self.login(name))
        newest = self.syncs(name)[0]
        self.assertEqual(newest[2:], ["incremental", "playlists"])
        self.assert_complete(self.pipeline.watch(newest[0]))

    def test_who_wants_no_sync_is_told_which_one_is_missing(self):
        name = self.account_with("a-wrong-password")
        self.pipeline.sync(name)
        told = self.login(name, "--no-sync")
        self.assertEqual(len(self.syncs(name)), 1)
        self.assertIn(f"Next: syncline sync {name} --mode incremental --only artists,albums,tracks,playlists --wait", told)

    def test_nothing_is_asked_for_where_nothing_is_missing(self):
        name = self.account_with(PASSWORD)
        self.assertIn(f"Next: syncline sync {name} --wait", self.login(name))
        self.assertEqual(self.syncs(name), [])
        self.pipeline.sync(name)
        self.login(name)
        self.assertEqual(len(self.syncs(name)), 1)
        self.past_sync(name, "cancelled", artists="cancelled", tracks="complete")
        self.login(name)
        self.assertEqual(len(self.syncs(name)), 2, "whoever cancelled it meant it")

    def test_a_sync_that_is_not_over_is_left_to_itself(self):
        name = self.account_with(PASSWORD)
        self.server.slow(3000)
        sync = self.pipeline.enqueue(name, "--only", "tracks")
        self.wait_state(sync, "running")
        self.assertIn("Its sync goes on by itself", self.login(name))
        self.assertEqual(len(self.syncs(name)), 1)
        self.server.reset("faults")
        self.assert_complete(self.pipeline.watch(sync))

    def test_a_sync_that_is_refused_with_the_old_password_goes_on_with_the_new_one(self):
        """It was claimed before somebody signed in, and has what was stored then."""
        asked, typed = threading.Event(), threading.Event()

        def hold_refusals(answer):
            if "error" in answer.get("subsonic-response", {}):
                asked.set()
                typed.wait(60)
            return answer

        relay = Relay(self.server.url, hold_refusals)
        self.addCleanup(relay.close)
        self.addCleanup(typed.set)
        type(self).accounts += 1
        name = f"a{self.accounts}"
        self.pipeline.add_account(name, relay.url, "a-wrong-password")
        sync = self.pipeline.enqueue(name, "--only", "artists,tracks")
        self.wait_until(asked.is_set, "the server has been asked with the old password")
        self.wait_state(sync, "running")
        self.assertIn("Its sync goes on by itself", self.login(name))
        typed.set()
        self.assert_complete(self.pipeline.watch(sync))
        self.assert_library(name, self.server, ["artists", "tracks"])
        self.assertFalse(self.pipeline.status(name)["needs_auth"])
