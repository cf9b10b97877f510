"""What happens when the end of the pipeline stands still."""
import time

import stack
from case import Case

MIB = 1024


class Pressure(Case):
    SETTINGS = {"page_size": 10, "pages_lag_max": 20}

    def test_a_locked_table_pauses_the_fetcher_and_memory_stays_flat(self):
        server = self.simulator(4000)
        server.slow(20)
        account = self.account(server)
        fetcher, _, _ = workers = [self.pipeline.workers[f"{kind}-1"] for kind in self.WORKERS]
        lock = stack.Lock(self.pipeline.name, "track")
        self.addCleanup(lock.release)
        sync = self.pipeline.enqueue(account)
        self.wait_until(lambda: fetcher.metric("fetch_paused") == 1, "the fetcher pauses")
        asked, memory = len(server.log()), [worker.memory_kib() for worker in workers]
        time.sleep(3)
        self.assertEqual(len(server.log()), asked, "no request while it is paused")
        for worker, before in zip(workers, memory):
            self.assertLess(worker.memory_kib() - before, 24 * MIB, worker.name)
        self.assertLess(asked, 200, "it stopped long before the end")
        self.assertEqual(fetcher.get("/readyz")[0], 200)
        self.assertIn(self.state(sync), ("queued", "running"), "perhaps nothing at all could be written yet")
        lock.release()
        self.assert_complete(self.pipeline.watch(sync))
        self.assert_library(account, server)
        self.wait_until(lambda: not fetcher.metric("fetch_paused"), "the pause is over")

    def test_many_syncs_leave_no_memory_or_descriptors_behind(self):
        server = self.simulator(300)
        account = self.account(server)
        workers = list(self.pipeline.workers.values())
        for _ in range(3):
            self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        before = {worker.name: (worker.memory_kib(), self.descriptors(worker)) for worker in workers}
        for _ in range(12):
            self.assert_complete(self.pipeline.sync(account, "--mode", "full"))
        for worker in workers:
            memory, descriptors = before[worker.name]
            self.assertLess(worker.memory_kib() - memory, (32 if stack.SANITIZED else 6) * MIB, worker.name)
            self.assertLessEqual(self.descriptors(worker), descriptors + 2, worker.name)

    def descriptors(self, worker):
        return next(float(line.split()[1]) for line in worker.get("/metrics")[1].splitlines()
                    if line.startswith("process_open_fds "))
