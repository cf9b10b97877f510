"""The course of a soak: up, load with samples, an end in peace, the verdict."""
import csv
import shutil
import sys
import time

import stack
from figures import MEASURED, Verdict, sample
from load import Load
from pipeline import Pipeline

SAMPLE_EVERY_S, WARM_UP = 5, 1 / 3
# As in production, but syncs that fail are soon tried again, and the rates of services are no matter here.
SETTINGS = {"rates": "applemusic=0,spotify=0", "page_size": 100, "retries": 6, "lease_ms": 6000}


def say(text):
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def run_load(pipeline, load, seconds):
    """The samples: [(seconds since the start, figures)]."""
    samples, began = [], time.monotonic()
    next_sample = next_word = began
    while (now := time.monotonic()) < began + seconds:
        load.turn(now)
        if now >= max(next_sample, load.calm_from):
            samples.append((now - began, sample(pipeline)))
            next_sample = now + SAMPLE_EVERY_S
        if now >= next_word:
            say(f"{load.begun} syncs begun, {load.edits} edits, {load.kills} kills, {load.restarts} restarts")
            next_word = now + 60
        time.sleep(max(0.0, 1 - (time.monotonic() - now)))
    return samples


def judge(samples, seconds, lives):
    """Verdicts of what there are samples of beyond the warm-up, which a worker of lives has once more: {name: seconds at its start}."""
    names = sorted({name for _, figures in samples for name in figures})
    verdicts = []
    for kind, of in names:
        begin = lives.get(of, 0) + seconds * WARM_UP
        judged = [(at, figures[kind, of]) for at, figures in samples if at >= begin and (kind, of) in figures]
        verdicts += [Verdict(kind, of, judged)] if judged else []
    return verdicts


def show(verdicts, judged_s):
    print(f"\n{'figure':<26}{'median':>10}{'lowest':>10}{'highest':>10}{'trend':>10}{'allowed':>10}   over {judged_s / 60:.0f} min, "
          f"{max(verdict.samples for verdict in verdicts)} samples")
    for verdict in verdicts:
        name = f"{verdict.kind.replace('_', ' ')} {verdict.name}"
        print(f"{name:<26}{verdict.median:>10,.0f}{verdict.low:>10,.0f}{verdict.high:>10,.0f}{verdict.grows:>+10,.1f}"
              f"{verdict.allowed:>10,.1f}   {'flat' if verdict.flat else 'GROWS'} {verdict.unit}")
    print("\nWhy so much of a trend is allowed")
    for kind, why in {verdict.kind: verdict.why for verdict in verdicts}.items():
        print(f"  {kind.replace('_', ' '):<14}{why}")


def write_csv(path, samples):
    names = sorted({name for _, figures in samples for name in figures})
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["seconds", *(f"{kind} {name}" for kind, name in names)])
        rows.writerows([round(at), *(figures.get(name, "") for name in names)] for at, figures in samples)


def soak(seconds, path):
    pipeline = Pipeline("soak", **SETTINGS)
    load = Load(pipeline)
    try:
        wrong = soak_with(pipeline, load, seconds, path)
    finally:
        pipeline.close()
        load.close()
    if not wrong:
        shutil.rmtree(pipeline.folder)
    return wrong


def soak_with(pipeline, load, seconds, path):
    pipeline.start("fetcher", "parser", "writer")
    pipeline.start("fetcher", "parser", "writer")
    load.open()
    say(f"{len(load.accounts)} accounts at {len(load.servers)} servers, logs in {pipeline.folder}")
    began = time.monotonic()
    samples = run_load(pipeline, load, seconds)
    if path:
        write_csv(path, samples)
    wrong = load.settle()
    pages = pipeline.figures(kind="parser-1", name="pages_parsed_total")
    lives = {name: at - began for name, at in load.fenced.items()}
    verdicts = judge(samples, seconds, lives)
    wrong += [f"{worker.name} ended on its own" for worker in pipeline.workers.values() if worker.unexpected]
    wrong += [f"{verdict.kind} {verdict.name} grows" for verdict in verdicts if not verdict.flat]
    wrong += [f"{name} lived too short a time to be judged" for name in MEASURED if name not in {verdict.name for verdict in verdicts}]
    ended = pipeline.sql("SELECT state, count(*) FROM sync GROUP BY 1 ORDER BY 2 DESC")
    show(verdicts, seconds * (1 - WARM_UP))
    print(f"\n{', '.join(f'{count} syncs {state}' for state, count in ended)}; {load.edits} edits, {load.kills} kills (-9), "
          f"{load.renewals()} tokens renewed, {load.restarts} restarts of a service, "
          f"all workers ready again within {load.longest_return_s:.0f} s, {len(load.fenced)} of them fenced off and started again")
    print(f"{load.confirmed} removals were held until they were confirmed")
    print(f"a leak in a worker would show from {4096 * 1024 / max(1, pages * (1 - WARM_UP)):.0f} bytes a page on: "
          f"{pages:,.0f} pages went through parser-1")
    return wrong


def main(seconds, path, keep):
    stack.run([stack.COMPOSE / "up", "kafka", "postgres", "redis"], timeout=300)
    try:
        wrong = soak(seconds, path)
    finally:
        if not keep:
            stack.run([stack.COMPOSE / "down", "--erase", "--yes"], timeout=120)
    for line in wrong:
        print(f"not so: {line}", file=sys.stderr)
    print("\nflat" if not wrong else "\nNOT flat, or not whole")
    return 1 if wrong else 0
