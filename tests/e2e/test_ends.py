"""Every way in which a run ends that is not complete and quiet: what it says, to whoever looks where.

One row a way: how it comes about, and what must be told. Told alike by the command (`watch`, `status`), by the event on
sync.events and in the database: the cause, what is kept, and the command that helps.
"""
import collections
import json

import stack
from case import Case
from events import events
from simulator import Simulator

# arrange: name of a method that returns (account, sync). code: of `watch`, None where it does not end. kept: anything must be.
Way = collections.namedtuple("Way", "arrange state event cause command code kept", defaults=(1, True))

WAYS = {
    "a page that cannot be read": Way("partial", "partial", "partial", r"tracks: .*HTTP 502", r"syncline sync {account}", 3),
    "an album that cannot be read": Way("album", "partial", "partial", r"tracks: album '.+' could not be read: .*HTTP 200",
                                        r"look at it on the server, then: syncline sync {account}", 3),
    "an album that nobody can ask for": Way("unnamed", "partial", "partial", r"tracks: album '\?' could not be read: .*without an id",
                                            r"look at it on the server, then: syncline sync {account}", 3),
    "a server that does not answer": Way("unreachable", "failed", "failed", r"did not answer", r"syncline sync {account}"),
    "a right that is missing": Way("forbidden", "partial", "partial", r"access was refused",
                                   r"give this user the right on the server, then: syncline sync {account}", 3),
    "credentials that are refused": Way("wrong_password", "failed", "needs_auth", r"code 40", r"syncline account login {account}"),
    "a long pause of the provider": Way("parked", "throttled", "throttled", r"fewer requests", r"syncline watch {account}", None),
    "removals that are held": Way("held", "complete", "complete", r"tracks: 300 of 400 items were not listed",
                                  r"syncline confirm {account}", 0, False),
    "a library that moved": Way("moved", "complete", "complete", r"tracks: the library changed while it was read",
                                r"syncline sync {account}", 0, False),
    "a sync that joined one that failed": Way("joined", "joined", "partial", r"which it joined, ended partial: tracks: .*HTTP 502",
                                              r"syncline sync {account}", 3),
    "a sync that was cancelled": Way("cancelled", "cancelled", "cancelled", r"cancelled by", r"syncline retry {account}"),
    "a sync that joined one that was cancelled": Way("joined_cancelled", "joined", "cancelled",
                                                     r"which it joined, ended cancelled: cancelled by", r"syncline retry {account}"),
    "credentials that nobody can unseal": Way("sealed", "failed", "failed", r"unseal|key", r"mend this, then: syncline sync {account}"),
    "a provider that nobody knows": Way("unknown_provider", "failed", "failed", r"provider 'tidal'",
                                        r"mend this, then: syncline sync {account}"),
}


class Ends(Case):
    SETTINGS = {"page_size": 50}

    # ---- how they come about ----

    def synced(self, tracks=400, **options):
        server = self.simulator(tracks, **options)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        return server, account

    def partial(self):
        server, account = self.synced()
        server.fault("status", status=502, endpoint="search3", contains="songOffset=149", count=0)
        return account, self.pipeline.enqueue(account, "--mode", "full")

    def album(self):
        server, account = self.synced(flavour="legacy")
        server.fault("status", status=200, body="html", endpoint="getAlbum", contains="id=" + server.truth("albums")[3], count=0)
        return account, self.pipeline.enqueue(account, "--mode", "full")

    def unnamed(self):
        server, account = self.synced(flavour="legacy")
        server.fault("malformed", items=3, endpoint="getAlbumList2", contains="offset=0", count=0)
        return account, self.pipeline.enqueue(account, "--mode", "full")

    def unreachable(self):
        server = Simulator(self.pipeline.log("simulator-gone"), 10)
        account = self.account(server)
        server.stop()
        return account, self.pipeline.enqueue(account)

    def forbidden(self):
        server, account = self.synced()
        server.fault("status", status=403, endpoint="search3", count=0)
        return account, self.pipeline.enqueue(account, "--mode", "full")

    def wrong_password(self):
        self.accounts += 1
        self.pipeline.add_account("wrong", self.simulator(10).url, "not-it")
        return "wrong", self.pipeline.enqueue("wrong")

    def parked(self):
        server, account = self.synced()
        server.fault("status", status=429, retry_after=600, endpoint="search3")
        return account, self.pipeline.enqueue(account, "--mode", "full")

    def held(self):
        server, account = self.synced()
        server.edit("remove", index=0, tracks=300)
        return account, self.pipeline.enqueue(account, "--mode", "full")

    def moved(self):
        server, account = self.synced(600)
        server.edit("insert", at=2, endpoint="search3", tracks=1, index=0, silent=1, every=3, count=0)
        return account, self.pipeline.enqueue(account, "--mode", "full", "--only", "tracks")

    def held_up(self):
        """A sync in its midst."""
        server, account = self.synced()
        server.slow(3000)
        sync = self.pipeline.enqueue(account, "--mode", "full")
        self.wait_pages(sync, 1)
        return server, account, sync

    def two(self):
        """A sync in its midst, and one that joined it."""
        server, account, first = self.held_up()
        second = self.pipeline.enqueue(account, "--only", "tracks")
        self.wait_state(second, "joined")
        return server, account, first, second

    def joined(self):
        server, account, first, second = self.two()
        server.reset("faults")
        server.fault("status", status=502, endpoint="search3", count=0)
        self.wait_state(first, "partial")
        told = [event for event in events(self.pipeline) if event["sync"] == second]
        self.assertEqual([event["event"] for event in told][:1], ["joined"])
        self.assertEqual(told[0]["next_step"], f"syncline watch {first}", "while it waits")
        return account, second

    def cancelled(self):
        _, account, sync = self.held_up()
        self.pipeline.cli("cancel", account)
        return account, sync

    def joined_cancelled(self):
        _, account, first, second = self.two()
        self.pipeline.cli("cancel", account)
        self.wait_state(first, "cancelled")
        return account, second

    def sealed(self):
        _, account = self.synced(50)
        self.pipeline.sql(f"UPDATE account SET secret = 'no seal' WHERE name = '{account}'")
        return account, self.pipeline.enqueue(account)

    def unknown_provider(self):
        _, account = self.synced(50)
        self.pipeline.sql(f"UPDATE account SET provider = 'tidal' WHERE name = '{account}'")
        return account, self.pipeline.enqueue(account)

    # ---- what must be told ----

    def row(self, sync):
        [[state, cause, next_step, here]] = self.pipeline.sql(
            "SELECT state, cause, next_step, (SELECT count(*) FROM track t WHERE t.account_id = s.account_id AND removed_at IS NULL) "
            f"FROM sync s WHERE sync_id = '{sync}'")
        return {"state": state, "cause": cause, "next_step": next_step, "here": int(here)}

    def assert_in_database(self, way, sync, command):
        row = self.row(sync)
        self.assertRegex(row["cause"], way.cause)
        self.assertRegex(row["next_step"], command)

    def assert_in_events(self, way, sync, command):
        told = self.wait_until(lambda: [event for event in events(self.pipeline)
                                        if event["sync"] == sync and event["event"] == way.event and "category" not in event],
                               f"an event '{way.event}'")
        self.assertRegex(told[-1]["text"], way.cause)
        self.assertRegex(told[-1].get("next_step", ""), command)
        if way.kept:
            self.assertRegex(told[-1]["text"], "kept|joined")

    def assert_by_command(self, way, account, sync, command):
        status = self.pipeline.cli("status", account).stdout
        if way.state != "joined":
            self.assertRegex(status, way.cause)
        self.assertRegex(status, command)
        if way.code is None:
            return
        shown = self.pipeline.cli("watch", sync, check=False)
        self.assertEqual(shown.returncode, way.code, shown.stdout + shown.stderr)
        self.assertRegex(shown.stdout, way.cause if way.state != "joined" else "joined running sync")
        self.assertRegex(shown.stdout, command)
        if way.kept:
            self.assertIn("kept: ", shown.stdout)

    def test_every_way_to_end_tells_cause_and_what_is_kept_and_the_command_that_helps(self):
        for name, way in WAYS.items():
            with self.subTest(name):
                account, sync = getattr(self, way.arrange)()
                self.wait_until(lambda: self.row(sync)["state"] == way.state, f"{name}: it is {way.state}", 60)
                before = self.row(sync)["here"]
                command = way.command.format(account=account)
                self.assert_in_database(way, sync, command)
                self.assert_in_events(way, sync, command)
                self.assert_by_command(way, account, sync, command)
                self.assertEqual(self.row(sync)["here"], before, "what is kept is kept")

    def test_a_job_for_an_unknown_account_is_a_row_and_an_event_and_found_by_the_command(self):
        sync = "01900000-0000-7000-8000-0000000000e1"
        self.pipeline.produce_job(json.dumps({"account": "nobody", "sync": sync}), account="nobody")
        cause = "there is no account 'nobody'"
        self.wait_until(lambda: self.pipeline.value(f"SELECT detail FROM sync_reject WHERE sync_id = '{sync}'"), "a row")
        self.assertIn(cause, self.pipeline.value(f"SELECT detail FROM sync_reject WHERE sync_id = '{sync}'"))
        [told] = self.wait_until(lambda: [event for event in events(self.pipeline) if event["event"] == "refused"], "an event")
        self.assertIn(cause, told["text"])
        self.assertEqual((told["sync"], told["account"]), (sync, "nobody"))
        self.assertIn("syncline rejects --all", told["next_step"])
        self.assertIn(cause, self.pipeline.cli("rejects", "--all").stdout)
        asked = self.pipeline.cli("sync", "nobody", check=False)
        self.assertEqual(asked.returncode, 4)
        self.assertIn("syncline account", asked.stderr)

    def test_waiting_for_a_sync_that_fails_says_the_same_and_ends_with_its_code(self):
        server, account = self.synced()
        server.fault("status", status=502, endpoint="search3", contains="songOffset=149", count=0)
        done = self.pipeline.cli("sync", account, "--mode", "full", "--wait", check=False)
        self.assertEqual(done.returncode, 3)
        for text in ("HTTP 502", f"syncline sync {account}", "kept: "):
            self.assertIn(text, done.stdout)

    def test_a_sync_whose_account_cannot_be_used_any_more_says_why_and_goes_on_when_it_can(self):
        server, account, sync = self.held_up()
        fetcher = self.pipeline.workers["fetcher-1"]
        fetcher.kill()
        secret = self.pipeline.value(f"SELECT secret FROM account WHERE name = '{account}'")
        self.pipeline.sql(f"UPDATE account SET secret = 'no seal' WHERE name = '{account}'")
        fetcher.start()
        self.wait_until(lambda: self.row(sync)["cause"], "it says why", 60)
        self.assertRegex(self.row(sync)["cause"], "unseal|key")
        self.assertRegex(self.pipeline.cli("status", account).stdout, f"mend this, then: syncline sync {account}")
        self.assertEqual(self.row(sync)["state"], "running")
        self.pipeline.sql(f"UPDATE account SET secret = '{secret}' WHERE name = '{account}'")
        server.reset("faults")
        self.wait_state(sync, "complete", seconds=60)

    def test_tracks_of_an_album_that_nobody_can_ask_for_are_not_taken_for_removed(self):
        account, sync = self.unnamed()
        self.wait_until(lambda: self.row(sync)["state"] not in ("queued", "running"), "its end", 60)
        self.assertEqual(self.row(sync)["here"], 400)

    def test_tracks_that_an_album_counts_and_does_not_show_are_held(self):
        server, account = self.synced(flavour="legacy")
        server.fault("short", items=3, endpoint="getAlbum", contains="id=" + server.truth("albums")[3], count=0)
        for _ in range(2):  # one walk of a list that shows less than it counts is no witness
            report = self.pipeline.sync(account, "--mode", "full", "--only", "tracks")
            self.assertEqual((report.state, self.row(report.sync)["here"]), ("complete", 400))
            shown = self.pipeline.cli("watch", report.sync, check=False).stdout
            self.assertIn("a list ended before the length that it tells", shown)
        self.assertRegex(shown, "3 of 400 items were not listed any more; .* could be among them")

    def test_a_partial_sync_removes_nothing_and_says_so_twice(self):
        server, account = self.synced()
        before = self.content(account)
        server.edit("remove", index=0, tracks=5)
        server.fault("status", status=502, endpoint="search3", contains="songOffset=349", count=0)
        report = self.pipeline.sync(account, "--mode", "full", "--only", "tracks")
        self.assertEqual(report.state, "partial")
        self.assertEqual(self.content(account), before)
        self.assertIn("nothing was removed", stack.run([stack.BIN / "syncline", "--config", self.pipeline.settings, "watch",
                                                        report.sync], check=False).stdout)
