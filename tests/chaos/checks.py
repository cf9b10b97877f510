"""What must hold after every run: C1 to C12. Each check is a function from a finished run to sentences about what it found.

C1 (equality with the servers) and C9 (every sync ends) are judged while the run comes to its end, see `trial`.
"""
import collections
import json

import kafka_wire
import messages
import stack
from observer import READS
from process import SANITIZER
from simulator import PASSWORD

TOPICS = ("sync.jobs", "sync.jobs.background", "sync.pages", "sync.items", "sync.rejects", "sync.events")
CANCELLED = ("cancelling", "cancelled")
SHORT_LIFE = 12         # looks; a worker that has seen fewer may still be beginning
MORE_THREADS = 8        # librdkafka makes one for each broker it has heard of
MORE_KIB = 48 * 1024    # what a load leaves in the heap; a sanitizer doubles it
LAG_S = 10              # offsets are committed twice a second
CONNECTIONS_EACH = 3    # of a worker: its own, and one that a dead one has left for a moment


def fetch_whole(trial, topic):
    """Read again when there is less than Kafka says: what the checks did not see must not be taken for lost."""
    name = trial.pipeline.prefix + topic
    count = kafka_wire.partitions(name)
    first, end = kafka_wire.offsets(name, count, kafka_wire.EARLIEST), kafka_wire.offsets(name, count)
    kept = sum(end[number] - first[number] for number in end)
    for _ in range(3):
        content = messages.fetch(name)
        if len(messages.read(content)) >= kept:
            break
        trial.journal.write("read again", topic=topic, kept=kept, read=len(messages.read(content)))
    return content


def audit(trial):
    """C3, C4, C6 and the ledger's part of C1: what triggers in the database wrote down."""
    kinds = {"removed by": "C4", "position": "C3", "a page of an older": "C6", "complete without": "C1", "an ended": "C9"}
    for what, detail in trial.pipeline.sql("SELECT what, detail FROM violation"):
        yield f"{next((check for begin, check in kinds.items() if what.startswith(begin)), 'C2')} {what}: {detail}"


def counters(trial):
    """C2: what was received is stored or rejected, in sum and page by page; rows are as many as the library says."""
    for row in trial.pipeline.sql("SELECT sync_id, category, received, stored, rejected FROM sync_category "
                                  "WHERE state = 'complete' AND received <> stored + rejected"):
        yield f"C2 counters of a complete category do not add up: {row}"
    for table, category in (("artist", "artists"), ("album", "albums"), ("track", "tracks"), ("playlist", "playlists")):
        for row in trial.pipeline.sql(
                f"SELECT a.name, l.items, (SELECT count(*) FROM {table} t WHERE t.account_id = l.account_id AND removed_at IS NULL) n "
                f"FROM library l JOIN account a USING (account_id) WHERE category = '{category}' AND complete_sync IS NOT NULL"):
            if row[1] != row[2] and row[0] not in trial.scenario.lost:
                yield f"C2 library says {row[1]} {category} of {row[0]}, there are {row[2]}"


def returns(trial):
    """C4: nothing that was removed comes back, for no edit brings an id back: it was there all the time."""
    for account, kind, item, sync in trial.pipeline.sql(
            "SELECT a.name, c.kind, c.id, c.sync_id FROM library_change c JOIN account a USING (account_id) "
            "WHERE c.change = 'restored' AND c.person IS NULL ORDER BY c.change_id LIMIT 5"):
        yield f"C4 the {kind} {item} of {account} was removed although it was there: sync {sync} found it again"


def is_whole(value):
    """Not poison: a message of ours names its sync."""
    return isinstance(value, dict) and {"type", "sync", "account"} <= set(value)


def place(value):
    return value.get("epoch", 0), value.get("walk", 0), value.get("page", 0), value.get("part") or 0


def offsets_after_effects(trial, topics):
    """C5: whatever lies below an offset that a group was seen to have committed had its effect by then."""
    yield from never_back(trial)
    if trial.scenario.cuts_topics:
        return
    yield from writer_offsets(trial, topics["sync.items"])
    yield from parser_offsets(trial, topics)
    yield from parser_order(topics)
    yield from fetcher_offsets(trial, topics)


def never_back(trial):
    newest = {}
    for look in trial.observer.looks:
        for key, offset in look.committed.items():
            if offset < newest.get(key, 0):
                yield f"C5 the offset of {key} went back from {newest[key]} to {offset} at {look.at:.1f} s"
            newest[key] = max(offset, newest.get(key, 0))


def newly_committed(trial, topic, found):
    """(look, message) of each message, at the first look that saw an offset above it."""
    by_partition = collections.defaultdict(list)
    for message in found:
        by_partition[message.partition].append(message)
    done = collections.Counter()
    for look in trial.observer.looks:
        for partition, queue in by_partition.items():
            while done[partition] < len(queue) and queue[done[partition]].offset < look.committed.get((topic, partition), 0):
                yield look, queue[done[partition]]
                done[partition] += 1


def writer_offsets(trial, items):
    for look, message in newly_committed(trial, "sync.items", items):
        value = message.value
        if not is_whole(value) or value["type"] not in ("items", "walk_end") or look.syncs.get(value["sync"]) in CANCELLED or \
                value["account"] in trial.scenario.replaced:
            continue  # what still comes of a cancelled sync, or of the account before, is dropped
        at = look.positions.get((value["account"], value["category"]))
        wanted = place(value) if value["type"] == "items" else (value["epoch"], value["walk"], value["pages"] - 1, 0)
        if not at or at < wanted:
            yield (f"C5 writer: {value['type']} at {message.partition}/{message.offset} of {value['account']} "
                   f"{value['category']} {wanted} is committed at {look.at:.1f} s, the library is at {at}")


def output_key(value):
    return value.get("type"), value.get("sync"), value.get("category"), value.get("event"), value.get("epoch"), value.get("walk"), \
        value.get("page", value.get("pages"))


def parser_offsets(trial, topics):
    outputs = {}
    for message in topics["sync.items"]:
        value = message.value
        if is_whole(value) and (value["type"] != "items" or value.get("last_part")):
            outputs.setdefault(output_key(value), message)
    rejected = {(m.value.get("topic"), m.value.get("partition", 0), m.value.get("offset", 0))
                for m in topics["sync.rejects"] if isinstance(m.value, dict)}
    for look, message in newly_committed(trial, "sync.pages", topics["sync.pages"]):
        value = message.value
        where = (trial.pipeline.prefix + "sync.pages", message.partition, message.offset)
        if not is_whole(value):
            if where not in rejected:
                yield f"C8 parser: what stands at {where} is neither parsed nor rejected"
            continue
        output = outputs.get(output_key({**value, "type": "items"} if value["type"] == "raw_page" else value))
        if not output and where in rejected:
            continue
        if not output or output.offset >= look.ends["sync.items"].get(output.partition, 0):
            yield (f"C5 parser: {output_key(value)} at {message.partition}/{message.offset} is committed at {look.at:.1f} s, "
                   f"its output {'is not in sync.items' if not output else 'came later'}")


def parser_order(topics):
    """What a parser makes is of pages that are there, and in each partition its parts come in their order when each comes for the
    first time; partitions may be added in the midst of a walk."""
    pages = {output_key({**m.value, "type": "items"}) for m in topics["sync.pages"] if is_whole(m.value) and m.value["type"] == "raw_page"}
    newest, seen = {}, set()
    for message in topics["sync.items"]:
        value = message.value
        if not is_whole(value) or value["type"] != "items":
            continue
        walk, part = (message.partition, value["sync"], value.get("category"), value.get("epoch", 0)), place(value)[1:]
        if output_key(value) not in pages:
            yield f"C5 parser: {part} of {walk[1:]} is of a page that is not in sync.pages"
        if (walk, part) not in seen and part < newest.get(walk, part):
            yield f"C5 parser: {part} of {walk[1:]} came for the first time behind {newest[walk]}"
        seen.add((walk, part))
        newest[walk] = max(part, newest.get(walk, part))


def fetcher_offsets(trial, topics):
    marks = {}
    for message in topics["sync.pages"]:
        if is_whole(message.value) and message.value["type"] == "sync_mark":
            marks.setdefault(message.value["sync"], []).append(message)
    rejected = {(m.value.get("partition", 0), m.value.get("offset", 0)) for m in topics["sync.rejects"]
                if isinstance(m.value, dict) and "sync.jobs" in str(m.value.get("topic"))}
    jobs = (found for topic in ("sync.jobs", "sync.jobs.background") for found in newly_committed(trial, topic, topics[topic]))
    for look, message in jobs:
        value = message.value
        sync = value.get("sync") if isinstance(value, dict) else None
        if (message.partition, message.offset) in rejected or look.syncs.get(sync, "queued") not in ("queued", "running", "throttled"):
            continue
        if sync and not any(mark.offset < look.ends["sync.pages"].get(mark.partition, 0) for mark in marks.get(sync, [])):
            yield f"C5 fetcher: the job of {sync} is committed at {look.at:.1f} s, and no mark of it is in sync.pages"


def limits(trial):
    """C7: nobody came before a Retry-After was over, or above the budget."""
    for server in trial.servers:
        stats = server.simulator.stats()
        if stats["early"]:
            yield f"C7 {server.flavour.name}: {stats['early']} requests before Retry-After was over"


def rejects(trial, topics):
    """C8: every reject of the topic is a row, once, and nothing is a row that was not a reject."""
    told = {(m.value["topic"], str(m.value.get("partition", 0)), str(m.value.get("offset", 0)), str(m.value.get("position", 0)))
            for m in topics["sync.rejects"] if isinstance(m.value, dict)}
    rows = {tuple(row) for row in trial.pipeline.sql("SELECT topic, kafka_partition, kafka_offset, position FROM sync_reject "
                                                     "WHERE reason <> 'database_refused'")}
    bad = {(topic, partition, offset, "-1") for topic, partition, offset, position in rows if position == "-1"}
    ours = [] if trial.scenario.poisons else trial.pipeline.sql(
        "SELECT DISTINCT detail FROM sync_reject WHERE reason = 'bad_message' AND detail NOT LIKE 'the database refused%'")
    for [detail] in ours:
        yield f"C8 a message of ours was not understood: {detail}"
    for missing in [] if trial.scenario.loses_commits else sorted(told - rows)[:5]:
        yield f"C8 a reject is in Kafka and no row: {missing}"
    for extra in sorted(rows - told - bad)[:5]:
        yield f"C8 a row is no reject of Kafka's: {extra}"


def terminal(trial):
    """C9: every accepted sync has ended; standing still was never long; workers ended only when they were made to."""
    states = dict(trial.pipeline.sql("SELECT sync_id, state FROM sync"))
    for sync, account in trial.accepted.items():
        if sync not in states:
            yield f"C9 the accepted sync {sync} of {account} is no row"
        elif states[sync] not in trial.scenario.ends:
            yield f"C9 sync {sync} of {account} ended {states[sync]}: {cause(trial, sync)}"
    if trial.observer.longest_gap > trial.scenario.gap_s:
        yield f"C9 no progress for {trial.observer.longest_gap:.1f} s from {trial.observer.gap_at:.1f} s on"
    for name, code in trial.observer.deaths:
        if code not in trial.scenario.exit_codes:
            yield f"C9 {name} ended on its own with {code}"


def progress(trial):
    """C9: what is shown of a sync only grows. A walk that is begun anew shows less of its own; who takes a sync over may open a
    category that had ended, and reads its newest page once more, which may hold less by then."""
    newest = {}
    for look in [] if trial.scenario.loses_commits else trial.observer.looks:
        for key, now in look.shown.items():
            before = newest.get(key, now)
            newest[key] = now
            if is_less(now, before):
                yield f"C9 {key[1]} of {key[0]} went back at {look.at:.1f} s: {before} became {now}"


def is_less(now, before):
    if now.epoch != before.epoch:
        return now.epoch < before.epoch or (not now.ended and (now.walk, now.pages) < (before.walk, before.pages))
    if now.ended:  # what an older epoch had read behind the end is cut off then
        return False
    return before.ended or now.walk < before.walk or (now.walk == before.walk and any(
        getattr(now, figure) < getattr(before, figure) for figure in ("pages", "received", "stored")))


def cause(trial, sync):
    return trial.pipeline.sql(f"SELECT category, state, cause FROM sync_category WHERE sync_id = '{sync}' AND cause <> ''")


def lag(trial):
    """C10: at rest `syncline lag` comes to tell 0, which is what Kafka tells."""
    prefix, deadline = trial.pipeline.prefix, trial.journal.now + LAG_S
    while left := lag_told(trial):
        if trial.journal.now > deadline:
            yield f"C10 `syncline lag` tells {left} after {LAG_S} s of rest"
            break
        trial.turn()
    for group, of in READS.items():
        ends = kafka_wire.offsets(prefix + of, kafka_wire.partitions(prefix + of))
        at = kafka_wire.committed(prefix + group)
        behind = {number: end - at.get((prefix + of, number), 0) for number, end in ends.items()
                  if at.get((prefix + of, number), 0) < end}
        if behind and not trial.scenario.cuts_topics:
            yield f"C10 {group} is behind in {of} at rest: {behind}"


def lag_meanwhile(trial):
    """C10 while the run goes: what `syncline lag` told lies between what Kafka told before and after it, partition by partition and
    in sum. What was committed and produced in between is the room that it has."""
    if trial.scenario.cuts_topics:
        return
    prefix = trial.pipeline.prefix
    for look in trial.observer.lags:
        sums = dict.fromkeys(READS, 0)
        for row in look.told["partitions"]:
            group, place = row["group"][len(prefix):], (row["topic"][len(prefix):], row["partition"])
            sums[group] += row["lag"]
            if place in look.ends and place in look.later_ends:
                least, most = (max(0, ends[place] - committed.get(place, 0)) for ends, committed in (
                    (look.ends, look.later_committed), (look.later_ends, look.committed)))
                if not least <= row["lag"] <= most:
                    yield f"C10 `syncline lag` told {row['lag']} of {group} in {place} at {look.at:.1f} s, Kafka {least} to {most}"
        told = {group["group"][len(prefix):]: group["lag"] for group in look.told["groups"]}
        if told != sums:
            yield f"C10 `syncline lag` told {told} at {look.at:.1f} s, its partitions are {sums}"
    trial.journal.write("lag", looks=len(trial.observer.lags),
                        most=max((group["lag"] for look in trial.observer.lags for group in look.told["groups"]), default=0))


def lag_told(trial):
    told = json.loads(trial.pipeline.cli("lag", "--json").stdout)
    return {group["group"]: group["lag"] for group in told["groups"] if group["lag"]}


def secrets(trial, contents):
    """C11: no password, token or key anywhere."""
    canaries = [PASSWORD.encode(), PASSWORD.encode().hex().encode()]
    for server in trial.servers:
        if server.flavour.provider == "spotify":
            canaries += [word + user.encode() for user in server.accounts.values() for word in (b"refresh-", b"access-")]
        if server.flavour.provider in ("applemusic", "jellyfin"):
            canaries += [b"user-" + user.encode() for user in server.accounts.values()]
    for where, content in [*contents.items(), *places(trial)]:
        for canary in canaries:
            if canary in content:
                yield f"C11 {canary.decode()} stands in {where}"


def places(trial):
    pipeline = trial.pipeline
    yield "Redis", stack.dump_redis(pipeline.redis_database).encode()
    yield "Postgres", stack.dump_postgres(pipeline.name)
    for worker in pipeline.workers.values():
        yield f"/metrics of {worker.name}", worker.get("/metrics")[1].encode()
    for path in pipeline.logs():
        if not path.name.startswith("simulator"):
            yield path.name, path.read_bytes()
    yield "the journal", (trial.folder / "journal.jsonl").read_bytes()


def resources(trial):
    """C12: what a worker holds at rest is no more than what it held in the first half of its life, whatever happened."""
    trial.observer.measure_workers()  # the last look may have been in the middle of something
    for name, worker in trial.pipeline.workers.items():
        rows = [figures for pid, *figures in trial.observer.resources[name] if pid == worker.child.pid]  # earlier lives never rested
        first = [max(column) for column in zip(*rows[:len(rows) // 2])]
        for number, (what, more) in enumerate((("descriptors", trial.scenario.more_descriptors), ("threads", MORE_THREADS), ("KiB", MORE_KIB))):
            if len(rows) > SHORT_LIFE and rows[-1][number] > first[number] + more:
                trial.journal.write("holds", name=name, seen=[row[number] for row in rows], now=worker.holds())
                yield f"C12 {name} has {rows[-1][number]} {what}, {first[number]} at most in its first half"
    allowed = CONNECTIONS_EACH * len(trial.observer.resources) + 8
    if trial.observer.connections > allowed:
        yield f"C12 {trial.observer.connections} connections to Postgres, {allowed} are allowed"


def logs(trial):
    for path in trial.pipeline.logs():
        if found := SANITIZER.search(path.read_text(errors="replace")):
            yield f"C12 {path.name}: {found.group(0)}"


WITHOUT_TOPICS = (audit, counters, returns, limits, terminal, progress, lag, lag_meanwhile, resources, logs)
WITH_TOPICS = (offsets_after_effects, rejects)


def names():
    return ["C%d" % number for number in range(1, 13)]


def run_all(trial):
    findings = []
    for check in WITHOUT_TOPICS:
        findings += check(trial)
        trial.journal.write("check", name=check.__name__)
    contents = {topic: fetch_whole(trial, topic) for topic in TOPICS}
    findings += secrets(trial, contents)
    topics = {topic: messages.read(content) for topic, content in contents.items()}
    for check in WITH_TOPICS:
        findings += check(trial, topics)
        trial.journal.write("check", name=check.__name__)
    findings += list(trial.scenario.check(trial, topics))
    trial.journal.write("checked", looks=len(trial.observer.looks), blind=trial.observer.blind,
                        messages={topic: len(found) for topic, found in topics.items()}, findings=findings)
    return findings
