"""Pausing an account: nothing of it begins or goes on, nothing is lost, and it goes on where it was."""
import stack
from case import Case


class Pause(Case):
    SETTINGS = {"page_size": 50}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.simulator(2000, flags=["--any-user"])

    def begin(self, pages=3):
        """A sync held in its midst by a slow server."""
        self.server.reset("faults")
        self.server.slow(100)
        account = self.new_account()
        sync = self.pipeline.enqueue(account)
        self.wait_pages(sync, pages)
        self.server.reset("faults")
        self.server.slow(3000)
        return account, sync

    def new_account(self):
        user = f"user{type(self).accounts}"
        return self.account(self.server, user, user=user)

    def requests(self, account):
        return len(self.server.log(containing=f"u={account}&"))

    def lease(self, account):
        return stack.redis(self.pipeline.redis_database, "EXISTS", f"{self.pipeline.prefix}lease:{account}").strip() == "1"

    def pause(self, account, *options):
        text = self.pipeline.cli("pause", account, *options).stdout
        self.wait_until(lambda: not self.lease(account), "the lease is given back", 20)
        return text

    def shown(self, account):
        return self.pipeline.status(account)

    def test_a_running_sync_stops_at_its_last_saved_page_and_goes_on_there(self):
        account, sync = self.begin()
        self.assertIn("stops at its last saved page", self.pause(account))
        self.server.reset("faults")
        sent = self.requests(account)
        status = self.shown(account)
        self.assertEqual((status["sync_state"], status["paused"], status["paused_until"]), ("paused", True, None))
        self.assertIn(f"{account}: paused\n  next: to let it sync again: syncline resume {account}",
                      self.pipeline.cli("status").stdout)
        self.assertIn(f"syncline resume {account}", self.pipeline.cli("account", "list").stdout)
        # A whole sync of another account later, and the reconciler has looked a dozen times.
        self.assert_complete(self.pipeline.sync(self.new_account()))
        self.assertEqual(self.requests(account), sent, "nothing was asked meanwhile")
        self.assertIn("will go on within seconds", self.pipeline.cli("resume", account).stdout)
        self.assert_complete(self.pipeline.watch(sync))
        self.assertLessEqual(self.server.repeated(f"u={account}&"), 4)
        self.assert_library(account, self.server)

    def test_what_is_asked_for_meanwhile_says_so_and_waits(self):
        account = self.new_account()
        self.pipeline.cli("pause", account)
        told = self.pipeline.cli("sync", account, "--only", "artists").stdout
        self.assertIn(f"Account {account} is paused, and this sync waits. To let it begin: syncline resume {account}", told)
        self.pipeline.produce_job(f'{{"account": "{account}", "categories": "artists", "requested_by": "json"}}', account=account)
        rows = f"SELECT cause, next_step FROM sync WHERE account_id = {self.pipeline.account_id(account)} ORDER BY sync_id"
        self.wait_until(lambda: self.pipeline.sql(rows) == [["its account is paused", f"syncline resume {account}"]] * 2,
                        "both wait, and say why")
        self.assertEqual(self.requests(account), 0)
        self.pipeline.cli("resume", account)
        over = f"SELECT count(*) FROM sync WHERE account_id = {self.pipeline.account_id(account)} AND state IN ('complete', 'joined')"
        self.wait_until(lambda: self.pipeline.value(over) == "2", "both are done")
        self.assert_library(account, self.server, ["artists"])

    def test_a_pause_ends_by_itself_at_its_time_although_redis_was_emptied(self):
        account, sync = self.begin()
        told = self.pause(account, "--for", "12s")
        self.server.reset("faults")
        self.assertIn("is paused until", told)
        self.assertEqual(self.shown(account)["sync_state"], "paused")
        stack.redis(self.pipeline.redis_database, "FLUSHDB")
        self.wait_until(lambda: self.shown(account)["sync_state"] != "paused", "the time is over")
        self.assert_complete(self.pipeline.watch(sync))
        self.assert_library(account, self.server)

    def test_a_command_killed_before_it_could_tell_the_fetcher_is_finished_by_the_reconciler(self):
        account, sync = self.begin()
        self.pipeline.sql(f"UPDATE account SET paused_until = 'infinity' WHERE name = '{account}'")
        self.wait_until(lambda: not self.lease(account), "the fetcher has stopped", 10)
        self.assertEqual(self.shown(account)["sync_state"], "paused")
        self.pipeline.cli("cancel", account)
        self.assertEqual(self.state(sync), "cancelled", "also a paused one can be cancelled")
        self.pipeline.cli("resume", account)

    def test_what_it_says_of_slips(self):
        account = self.new_account()
        for words, code, said in ((["nobody"], 4, "there is no account"), ([account, "--for", "soon"], 2, "--for must be"),
                                  ([account, "--until", "2020-01-01"], 2, "is past"),
                                  ([account, "--until", "2030-01-01"], 2, "366 days"),
                                  ([account, "--for", "1h", "--until", "2030-01-01"], 2, "give one of them")):
            done = self.pipeline.cli("pause", *words, check=False)
            self.assertEqual(done.returncode, code, words)
            self.assertIn(said, done.stderr)
        self.assertIn("was not paused", self.pipeline.cli("resume", account).stdout)
