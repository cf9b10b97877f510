"""Runs scenarios with seeds, several at a time, and tells what they found.

  tests/chaos/run                              every scenario with seed 1
  tests/chaos/run --scenario 3 --seed 17       one run: the same faults at the same points again
  tests/chaos/run --scenario 1,2,3 --seeds 1-50 --jobs 2
  tests/chaos/run --list tests/chaos/seeds     the choice that CI runs
  tests/chaos/run --time 600 --jobs 2          every scenario, seed after seed, for ten minutes

A run takes 10 to 20 seconds. Its journal is FOLDER/SCENARIO-SEED/journal.jsonl; logs are kept beside it when it found something.
Exit code: 0 nothing was found, 1 something was, 2 wrong usage.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import queue
import subprocess
import sys
import threading
import time

import scenarios_control
import scenarios_edits
import scenarios_jobs
import scenarios_kafka
import scenarios_machines
import scenarios_network
import scenarios_pairs
import scenarios_provider
import scenarios_stores
import scenarios_workers
from trial import Trial

HERE = pathlib.Path(__file__).resolve().parent
MODULES = (scenarios_workers, scenarios_kafka, scenarios_network, scenarios_stores, scenarios_provider, scenarios_edits, scenarios_jobs,
           scenarios_pairs, scenarios_control, scenarios_machines)
SCENARIOS = {scenario.number: scenario for module in MODULES for scenario in module.ALL}
RUN_SECONDS = 400  # at most; a run that takes longer hangs


def numbers(text):
    """3, 1,2,5 or 1-20."""
    found = []
    for word in text.split(","):
        first, _, last = word.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def arguments():
    parser = argparse.ArgumentParser(prog="tests/chaos/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", type=numbers, default=sorted(SCENARIOS), help="one or more of: " + ", ".join(
        f"{number} {scenario.title}" for number, scenario in sorted(SCENARIOS.items())))
    parser.add_argument("--seed", type=numbers, help="as --seeds")
    parser.add_argument("--seeds", type=numbers, default=[1], help="which seeds, e.g. 1-20")
    parser.add_argument("--time", type=float, help="go on with further seeds for so many seconds")
    parser.add_argument("--list", type=pathlib.Path, help="a file of SCENARIO SEED, one run a line, instead")
    parser.add_argument("--word", default="", help="only those of its lines that hold a word")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time (up to 14)")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/var/tmp/syncline-chaos-journals"),
                        help="where journals go")
    parser.add_argument("--slot", type=int, help=argparse.SUPPRESS)  # a child: does one run, prints its report
    options = parser.parse_args()
    if unknown := set(options.scenario) - set(SCENARIOS):
        parser.error(f"there is no scenario {sorted(unknown)[0]}")
    return options


class Campaign:
    def __init__(self, options):
        self.options = options
        self.began = time.monotonic()
        self.reports = []
        self.shared = threading.Condition()
        self.running, self.exclusive = 0, False
        self.slots = queue.Queue()
        for slot in range(1, max(1, min(options.jobs, 14)) + 1):
            self.slots.put(slot)

    def plan(self):
        """(scenario, seed), without end when there is a time limit."""
        if self.options.list:
            yield from self.listed()
            return
        seeds = self.options.seed or self.options.seeds
        yield from ((scenario, seed) for seed in seeds for scenario in self.options.scenario)
        seed = max(seeds)
        while self.options.time:
            seed += 1
            yield from ((scenario, seed) for scenario in self.options.scenario)

    def listed(self):
        for line in self.options.list.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#") and self.options.word.lower() in line.lower():
                scenario, seed, *_ = line.split()
                yield int(scenario), int(seed)

    def in_time(self):
        return not self.options.time or time.monotonic() - self.began < self.options.time

    def run(self):
        plan, lock = self.plan(), threading.Lock()

        def work():
            while self.in_time():
                with lock:
                    chosen = next(plan, None)
                if not chosen:
                    return
                self.run_one(*chosen)
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            for done in [pool.submit(work) for _ in range(self.options.jobs)]:
                done.result()

    def run_one(self, number, seed):
        """One that disturbs what all share waits until it is alone."""
        alone = SCENARIOS[number].alone
        with self.shared:
            self.shared.wait_for(lambda: not self.exclusive and (not alone or self.running == 0))
            self.running += 1
            self.exclusive = alone
        slot = self.slots.get()
        try:
            self.tell(self.child(number, seed, slot))
        finally:
            self.slots.put(slot)
            with self.shared:
                self.running -= 1
                self.exclusive = False if alone else self.exclusive
                self.shared.notify_all()

    def child(self, number, seed, slot):
        words = [sys.executable, __file__, "--scenario", number, "--seed", seed, "--slot", slot, "--folder", self.options.folder]
        try:
            done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
            return json.loads(done.stdout.splitlines()[-1])
        except (subprocess.TimeoutExpired, json.JSONDecodeError, IndexError) as error:
            text = done.stderr[-2000:] if not isinstance(error, subprocess.TimeoutExpired) else ""
            return {"scenario": number, "seed": seed, "findings": [f"the run broke: {error} {text}"], "faults": {}, "took_s": 0,
                    "longest_gap_s": None, "recovered_s": None, "syncs": 0, "folder": ""}

    def tell(self, report):
        with self.shared:
            self.reports.append(report)
            faults = ", ".join(f"{count} {kind}" for kind, count in sorted(report["faults"].items())) or "no fault"
            faults += "" if report.get("felt") is None else f"; felt {report['felt']} times"
            print(f"{report['scenario']:2} {SCENARIOS[report['scenario']].title:55.55} seed {report['seed']:<4} "
                  f"{'held' if not report['findings'] else 'BROKEN':6} {report['took_s']:5.1f} s  gap {report['longest_gap_s'] or 0:4.1f} s  "
                  f"recovered {report['recovered_s'] if report['recovered_s'] is not None else '-':>4} s  {faults}", flush=True)
            for finding in report["findings"][:8]:
                print(f"     {finding[:400]}", flush=True)
            if report["findings"]:
                print(f"     journal: {report['folder']}", flush=True)

    def conclude(self):
        broken = [report for report in self.reports if report["findings"]]
        faults = collections.Counter()
        for report in self.reports:
            faults.update(report["faults"])
        print(f"\n{len(self.reports)} runs in {time.monotonic() - self.began:.0f} s, {sum(r['syncs'] for r in self.reports)} syncs; faults: "
              + (", ".join(f"{count} {kind}" for kind, count in sorted(faults.items())) or "none"))
        if self.reports:
            print(f"longest standstill {max(r['longest_gap_s'] or 0 for r in self.reports)} s, "
                  f"slowest recovery {max(r['recovered_s'] or 0 for r in self.reports)} s")
        if unfelt := [report for report in self.reports if report.get("felt") == 0]:
            print("nobody noticed the fault: " + ", ".join(f"{report['scenario']}/{report['seed']}" for report in unfelt))
        for report in broken:
            print(f"again: tests/chaos/run --scenario {report['scenario']} --seed {report['seed']}")
        print(f"{len(self.reports) - len(broken)} held, {len(broken)} broken")
        return 1 if broken or not self.reports else 0


def main():
    options = arguments()
    if options.slot:
        [number], [seed] = options.scenario, options.seed
        trial = Trial(SCENARIOS[number](), seed, options.slot, options.folder / f"{number}-{seed}")
        print(json.dumps(trial.run()))
        return 0
    campaign = Campaign(options)
    campaign.run()
    return campaign.conclude()


if __name__ == "__main__":
    sys.exit(main())
