/* For tests of the writer against a real Postgres: messages by hand, one batch after another, and what is in the tables.
 *
 * open makes an empty schema with all tables and one account, "home"; close drops it. A message is added to the batch in
 * hand; run applies the batch as the writer would (also message by message when something in it is refused). */
#ifndef SYNCLINE_TESTS_WRITER_SUPPORT_H
#define SYNCLINE_TESTS_WRITER_SUPPORT_H

#include "common/kafka_gap.h"
#include "pg_support.h"
#include "writer/apply.h"
#include "writer/batch.h"

#define SYNC_A "01900000-0000-7000-8000-00000000000a"
#define SYNC_B "01900000-0000-7000-8000-00000000000b"
#define SYNC_C "01900000-0000-7000-8000-00000000000c"
#define SYNC_D "01900000-0000-7000-8000-00000000000d"
#define STRONG "!s=1"

struct bench {
	struct settings settings;
	struct pg *pg, *eye; /* the writer's connection, and one that looks */
	struct apply *apply;
	struct batch batch;
	char schema[64];
	int64_t offset;
	char *kept[400]; /* bytes of the messages */
	size_t kept_count;
	/* Sums over the transactions of the last run. */
	int64_t added, changed, removed, stale, rejected, unknown;
	char event[25], text[LIMIT_CAUSE + 1]; /* the last event */
	int events;
};

/* Where a message stands. Zeroes are epoch 1 (never 0), walk 0, page 0, part 0. */
struct at {
	const char *sync;
	const char *category;
	int64_t epoch, walk, page, part;
	bool more_parts; /* not the last part of its page */
	bool last;       /* the walk's last page */
	/* Of entries: where the page begins in the playlist, whether more pages follow, why there is none (NULL: there is). */
	int64_t first;
	bool more;
	int64_t next, part_first; /* 0: not told, as by programs of before */
	const char *refused;
	const char *list; /* of a list that is refused and no playlist's: its id */
	/* A replayed page: a copy of that at `from` in partition 0, of which these positions are rejected again ("": none). */
	bool replayed;
	int64_t from;
	const char *positions;
};

int bench_open(void **state);
int bench_close(void **state);

void add_started(struct bench *bench, const char *sync, int64_t epoch, const char *category, const char *categories);
void add_replay_started(struct bench *bench, const char *sync, int64_t epoch, const char *category);
void add_failed(struct bench *bench, const char *sync, int64_t epoch, const char *category, const char *cause,
                bool auth);
void add_replay_failed(struct bench *bench, const char *sync, int64_t epoch, const char *category, const char *cause);
/* "id=name" per item, for playlists "id=name=version", separated by spaces; what is left out is nil.
 * "#N" instead of ids: N items i0, i1, ... */
void add_items(struct bench *bench, const struct at *at, const char *items);
/* The same with rejected items: ids separated by spaces, and how many more had no id. */
void add_items_with_rejects(struct bench *bench, const struct at *at, const char *items, const char *rejected,
                            int64_t unidentified);
/* Track ids in order, at positions from `from`, which is behind at->first where rejects or other parts stand before them. */
void add_entries(struct bench *bench, const struct at *at, const char *playlist, int64_t from, const char *tracks);

/* The same with entries rejected behind them, all of the track "bad". */
void add_entries_with_rejects(struct bench *bench, const struct at *at, const char *playlist, int64_t from,
                              const char *tracks, int64_t rejected);

struct end {
	const char *before, *after; /* fences; NULL before: STRONG; NULL after: as before */
	bool moved, again, snapshot, unchanged, early, replayed;
	int64_t unlisted;
};
void add_end(struct bench *bench, const struct at *at, int64_t pages, int64_t received, const struct end *end);
/* A reject of the parser about a position of the page at an offset of partition 0 of sync.pages. */
void add_reject(struct bench *bench, const char *sync, int64_t offset, int64_t position, int64_t at_ms);
/* The same of any account, or of none (NULL), and with these bytes; sync may be NULL. */
void add_reject_of(struct bench *bench, const char *account, const char *sync, int64_t offset, int64_t position,
                   int64_t at_ms, const char *original);
/* The news of a gap, noticed at a time. */
void add_gap_reject(struct bench *bench, const struct kafka_gap *gap, int64_t at_ms);
/* Any bytes as a message of sync.items. */
void add_bytes(struct bench *bench, const char *bytes, size_t len);

/* Applies what was added; the batch is empty afterwards. */
void run(struct bench *bench);
/* A complete walk of artists in one page, as one batch, applied. */
void walk_artists(struct bench *bench, const char *sync, int64_t epoch, const char *items, int64_t count,
                  const struct end *end);
/* The same with rejects: their ids, and how many more have none. count: what the fetcher has counted. */
struct shown {
	const char *items, *rejected;
	int64_t unidentified, count;
};
void walk_with_rejects(struct bench *bench, const char *sync, int64_t epoch, const struct shown *shown,
                       const struct end *end);
/* SYNC_A lists artists a and b; SYNC_B a and one without an id: b may be that one, so its removal is held. */
void miss_one_beside_one_without_id(struct bench *bench);
/* What is held of artists is confirmed; how many rows went. */
int64_t confirm_artists(struct bench *bench);
/* The same messages once more afterwards: a redelivery. */
void run_twice(struct bench *bench);
/* Tells whether it was refused as a whole by an error of this class, and keeps the batch. */
enum err_class run_failing(struct bench *bench);

/* One value of a query as text, rows separated by spaces, columns by |. Valid until the next call. */
const char *look(struct bench *bench, const char *sql);
#define assert_look(bench, sql, want) assert_string_equal(look(bench, sql), want)
/* Bytes of WAL position now. */
int64_t wal_now(struct bench *bench);

#endif
