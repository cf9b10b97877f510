"""Starting, asking and refusing: what an operator meets."""
import json
import re
import socket
import time
import uuid

import preload
import stack
from case import Case
from pooler import Pooler
from simulator import PASSWORD


class Operation(Case):
    def refused(self, kind, *words, settings=None):
        """A start that must fail: exit status and what was said."""
        done = stack.run([stack.BIN / f"syncline-{kind}", "--config", settings or self.pipeline.settings, *words],
                         text="", check=False, timeout=20)
        return done.returncode, done.stdout + done.stderr

    def test_each_worker_tells_how_it_is(self):
        for worker in self.pipeline.workers.values():
            with self.subTest(worker.name):
                self.assertEqual(worker.get("/healthz"), (200, "ok\n"))
                self.assertEqual(worker.get("/readyz"), (200, "ready\n"))
                self.assertNotRegex(worker.log.read_text(), r"not ready: for \d{3,} s", "since its own beginning, not the machine's")
                self.assertEqual(worker.get("/nothing")[0], 404)
                status, text = worker.get("/metrics")
                self.assertEqual(status, 200)
                self.assertIn("syncline_turns_total", text)
                self.assertIn("process_resident_memory_bytes", text)

    def test_figures_add_up_over_a_sync(self):
        before = self.figures()
        server = self.simulator(500)
        self.assert_complete(self.pipeline.sync(self.account(server)))
        after = self.figures()
        seen, added, changed, unchanged = (after[name] - before[name] for name in
                                           ("rows_total", "rows_added_total", "rows_changed_total", "rows_unchanged_total"))
        self.assertGreater(added, 500)
        self.assertEqual(seen, added + changed + unchanged)

    def test_a_job_that_waited_for_postgres_is_done_and_its_worker_ends_in_order(self):
        """The message in hand is given back once (chaos 21/61)."""
        account, fetcher = self.account(self.simulator(100)), self.pipeline.workers["fetcher-1"]
        sync = str(uuid.UUID(int=int(time.time() * 1000) << 80 | 7 << 76 | 2 << 62 | 61))
        self.pipeline.forbid_connections()
        try:
            self.pipeline.produce_job(json.dumps({"account": account, "sync": sync}), account=account)
            self.wait_until(lambda: "job waits" in fetcher.log.read_text(), "the job is held")
        finally:
            self.pipeline.allow_connections()
        self.wait_until(lambda: self.pipeline.value(f"SELECT state FROM sync WHERE sync_id = '{sync}'") == "complete", "it is done")
        self.assertEqual(fetcher.end(), 0, fetcher.log.read_text()[-2000:])
        fetcher.start()
        fetcher.await_ready()

    def figures(self):
        return {name: self.pipeline.figures(kind="writer", name=name) for name in
                ("rows_total", "rows_added_total", "rows_changed_total", "rows_unchanged_total")}

    def test_a_port_in_use_is_told_and_ends_with_2(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            for kind in self.WORKERS:
                code, text = self.refused(kind, "--health-port", taken.getsockname()[1])
                self.assertEqual(code, 2, text)
                self.assertRegex(text, "cannot listen on .*health_port")

    def test_a_worker_waits_for_topics_that_are_not_there_yet_and_says_which_also_in_its_log(self):
        """Without names: one that has a name asks for its topics before it joins its group."""
        prefix = self.pipeline.prefix + "later."
        names = {"fetcher": "sync.jobs", "parser": "sync.pages", "writer": "sync.items"}
        started = self.pipeline.start(*names, ready=False, kafka_prefix=prefix, worker_name="")
        for worker in started:
            missing = f"Kafka has no topic {prefix}{names[worker.kind]}; syncline migrate makes it"
            self.wait_until(lambda w=worker, words=missing: words in w.get("/readyz")[1], f"{worker.name} says what is missing")
            words = r"not ready: for \d+ s: " + re.escape(missing)
            self.wait_until(lambda w=worker, words=words: re.search(words, w.log.read_text()), "and in its log", 60)
        self.pipeline.cli("--kafka-prefix", prefix, "migrate")
        for worker in started:
            worker.await_ready(60)
            self.wait_until(lambda w=worker: "ready: no longer: " in w.log.read_text(), f"{worker.name} says that it is over")
            self.pipeline.remove(worker)

    def test_a_worker_whose_producer_broke_ends_so_that_a_new_one_goes_on(self):
        """It sent nothing any more, took every job it could get and gave it up again (chaos 6/9)."""
        broken = self.pipeline.folder / "broken"
        started = self.pipeline.start(*self.WORKERS, environment=preload.environment(
            stack.ROOT / "tests/support/broken_producer.c", self.pipeline.folder, SYNCLINE_BREAK_PRODUCER=broken))
        broken.touch()
        for worker in started:
            with self.subTest(worker.name):
                self.assertEqual(worker.child.wait(20), 1)
                self.assertIn("stopped: Kafka producer: test_fatal_error: made for a test", worker.log.read_text())
                self.pipeline.remove(worker)

    def test_a_fetcher_whose_clock_is_ahead_does_not_answer_requests_that_come_later(self):
        """Whether a sync has begun after a request is a question of one clock, Postgres' (chaos 20/30)."""
        shift = self.pipeline.folder / "shift"
        shift.write_text("3600", encoding="ascii")
        for worker in [worker for worker in self.pipeline.workers.values() if worker.kind == "fetcher"]:
            self.pipeline.remove(worker)
        [ahead] = self.pipeline.start("fetcher", environment=preload.environment(
            stack.ROOT / "tests/support/clock_shift.c", self.pipeline.folder, SYNCLINE_CLOCK_SHIFT=shift))
        server = self.simulator(200)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        server.edit("insert", tracks=3, index=0)
        report = self.pipeline.sync(account, "--mode", "full")
        self.assertEqual(report.state, "complete")
        self.assert_library(account, server)
        self.pipeline.remove(ahead)
        self.pipeline.start("fetcher")

    def test_the_address_of_a_controller_instead_of_a_broker_is_told_and_ends_with_2(self):
        """A client can speak to it, and it takes nothing: both ports stand side by side in Kafka's own settings."""
        address = f"127.0.0.1:{stack.SETTINGS['KAFKA_CONTROLLER_PORT']}"
        for name in ("named", ""):  # who has a name asks for its topics before it joins its group
            for worker in self.pipeline.start(*self.WORKERS, ready=False, kafka_brokers=address, worker_name=name):
                with self.subTest(worker.name, called=name):
                    self.assertEqual(worker.child.wait(60), 2, worker.log.read_text())
                    self.assertIn("kafka_brokers must name a broker", worker.log.read_text())
                    self.pipeline.remove(worker)
        done = self.pipeline.cli("--kafka-brokers", address, "doctor", check=False)
        self.assertIn("kafka_brokers must name a broker", done.stdout)

    def test_a_misspelt_setting_is_told_with_the_right_name_and_ends_with_2(self):
        path = self.pipeline.folder / "misspelt.conf"
        path.write_text("kafka_broker = 127.0.0.1:1\n", encoding="utf-8")
        for kind in self.WORKERS:
            code, text = self.refused(kind, settings=path)
            self.assertEqual(code, 2, text)
            self.assertIn("unknown setting 'kafka_broker'; did you mean 'kafka_brokers'?", text)
            self.assertIn("line 1", text)
        code, text = self.refused("fetcher", "--slotz", "3")
        self.assertEqual(code, 2, text)
        self.assertIn("unknown option '--slotz'", text)
        code, text = self.refused("writer", "--batch-rows", "0")
        self.assertEqual(code, 2, text)
        self.assertIn("batch_rows", text.replace("-", "_"))

    def test_a_schema_newer_than_the_program_is_told_and_ends_with_2(self):
        self.pipeline.sql("INSERT INTO syncline_migration (number, name) VALUES (999, 'of the future')")
        try:
            for kind in ("fetcher", "writer"):
                code, text = self.refused(kind)
                self.assertEqual(code, 2, text)
                self.assertRegex(text, r"schema 999, newer than this program \(\d+\); update the program")
            for command in ("status", "migrate"):
                done = self.pipeline.cli(command, check=False)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("newer than this program", done.stderr)
        finally:
            self.pipeline.sql("DELETE FROM syncline_migration WHERE number = 999")

    def test_a_refused_database_password_is_told_without_showing_it_and_ends_with_2(self):
        address = f"postgresql://syncline:{PASSWORD}@127.0.0.1:{stack.POSTGRES_PORT}/{self.pipeline.name}"
        for kind in ("fetcher", "writer"):
            code, text = self.refused(kind, "--postgres", address)
            self.assertEqual(code, 2, text)
            self.assertIn('password authentication failed for user "syncline"', text)
            self.assertNotIn(PASSWORD, text)
        done = self.pipeline.cli("--postgres", address, "status", check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("password authentication failed", done.stderr)
        self.assertNotIn(PASSWORD, done.stderr)

    def test_a_database_password_that_is_not_encoded_is_told_without_showing_it_and_ends_with_2(self):
        for password in ("100%z" + PASSWORD, PASSWORD + "@x", PASSWORD[:3] + "/" + PASSWORD[3:]):
            address = f"postgresql://syncline:{password}@127.0.0.1:{stack.POSTGRES_PORT}/{self.pipeline.name}"
            with self.subTest(password):
                told = [self.refused(kind, "--postgres", address) for kind in ("fetcher", "writer")]
                for command in ("status", "serve"):
                    done = self.pipeline.cli("--postgres", address, command, check=False)
                    told.append((done.returncode, done.stdout + done.stderr))
                for code, text in told:
                    self.assertIn("%40 for @", text)
                    self.assertNotIn(PASSWORD[4:], text)
                    self.assertEqual(code, 2, text)

    def test_a_pooler_that_sends_large_records_of_tls_holds_nobody_up(self):
        """Of a record that is larger than libpq has room for the rest waits inside OpenSSL, and no descriptor tells."""
        key, certificate = self.pipeline.folder / "pooler.key", self.pipeline.folder / "pooler.pem"
        stack.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
                   "/CN=localhost", "-keyout", key, "-out", certificate])
        pooler = Pooler(stack.POSTGRES_PORT, certificate, key)
        self.addCleanup(pooler.close)
        address = f"postgresql://syncline:{stack.postgres_password()}@127.0.0.1:{pooler.port}/{self.pipeline.name}?sslmode=require"
        account = self.account(self.simulator(10))
        for count in range(1, 9):
            self.pipeline.sql("INSERT INTO sync_reject (account_id, topic, kafka_partition, kafka_offset, position, reason, detail, original, at) "
                              f"VALUES ({self.pipeline.account_id(account)}, 'x', 0, {count}, 0, 'missing_field', repeat('long ', 1800), '{{}}', now())")
            self.assertEqual(self.pipeline.cli("--postgres", address, "rejects", "list", account, "--json", timeout=20).stdout,
                             self.pipeline.cli("rejects", "list", account, "--json").stdout)

    def test_commands_end_with_the_status_that_scripts_rely_on(self):
        for words, code in ((["status", "nobody"], 4), (["sync", "nobody"], 4), (["sync"], 2), (["synk"], 2),
                            (["status"], 0), (["doctor"], 0), (["lag"], 0), (["version"], 0)):
            with self.subTest(words):
                done = self.pipeline.cli(*words, check=False)
                self.assertEqual(done.returncode, code, done.stdout + done.stderr)

    def test_a_shell_is_told_the_accounts_of_the_installation_that_the_line_names(self):
        account = self.account(self.simulator(10), "completion")
        words = ["completion", "words", "--", "--config", str(self.pipeline.settings), "status", "compl"]
        self.assertEqual(stack.run([stack.BIN / "syncline", *words]).stdout, f"{account}\topensubsonic\n")
        words[4] = "/dev/null"
        self.assertNotIn(account, stack.run([stack.BIN / "syncline", *words]).stdout)

    def test_doctor_finds_all_well_and_verify_agrees_with_the_server(self):
        server = self.simulator(200)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        done = self.pipeline.cli("verify", account)
        self.assertEqual(done.stdout.count("equal"), 4, done.stdout)

    def test_an_account_is_removed_with_all_its_rows(self):
        server = self.simulator(200)
        account = self.account(server)
        self.assert_complete(self.pipeline.sync(account))
        number = self.pipeline.account_id(account)
        self.pipeline.cli("account", "remove", account, "--yes")
        for table in ("track", "sync", "library", "playlist_entry"):
            self.assertEqual(self.pipeline.value(f"SELECT count(*) FROM {table} WHERE account_id = {number}"), "0", table)
