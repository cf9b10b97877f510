/* What the steps of one transaction share; made by apply.c for one try, gone with it. Not part of the writer's interface. */
#ifndef SYNCLINE_WRITER_TRANSACTION_H
#define SYNCLINE_WRITER_TRANSACTION_H

#include "common/pg.h"
#include "common/settings.h"
#include "writer/apply.h"
#include "writer/stage.h"

/* The row of an account's category that is locked for the transaction. */
struct library {
	int64_t account_id;
	enum category category;
	struct position position;
	bool moved, found, is_first;
};

/* A page of the ledger, as far as this batch holds it. */
struct page {
	const struct input *head; /* the first of its messages in the batch */
	int64_t received, stored, rejected, warnings, unidentified, added, changed;
	bool is_last;
	struct span next_cursor;
	struct span unread,
		refused;        /* a list other than a playlist's that could not be read, and why; NULL: there is none */
	size_t replaced_by; /* another page of the batch: the same one, fetched under a newer epoch; SIZE_MAX: none */
};

struct transaction {
	struct pg *pg;
	const struct settings *settings;
	const char *prefix; /* of topics */
	struct input **inputs;
	size_t count;
	struct stage *stage;
	struct buf *copy; /* scratch for smaller COPYs */
	struct library *libraries;
	size_t library_count;
	struct page *pages;
	size_t page_count;
	struct applied *applied;
	int *staged_only; /* batches to come in which rows are not tried past the staging tables */
};

static inline bool is_live(const struct input *input, enum msg_type type)
{
	return !*input->bad && !input->dropped && input->type == type;
}

/* library.c: accounts, locks and positions; says of each input whether it is new. */
int library_claim(struct transaction *transaction, struct err *err) MUST_USE;
int library_save_positions(struct transaction *transaction, struct err *err) MUST_USE;

/* ledger.c */
void ledger_collect(struct transaction *transaction);
int ledger_write(struct transaction *transaction, struct err *err) MUST_USE;

/* rows.c: staged items into their tables. */
int rows_write(struct transaction *transaction, struct err *err) MUST_USE;
/* Only rows from..to of the one message there is. */
int rows_probe(struct transaction *transaction, size_t from, size_t to, struct err *err) MUST_USE;

/* entries.c: what the batch's messages of entries replace, and which playlists may be read, into stage_range. */
int entries_ranges(struct transaction *transaction, struct err *err) MUST_USE;
/* Does `later` list anew what `earlier`, of another page, has listed? Then that is not written: its tail would stay. */
bool entries_supersede(const struct input *later, const struct input *earlier);

/* direct.c: is it worth trying for the rows of a kind? Asked before they are staged (stage->direct). */
bool direct_fits(const struct transaction *transaction, enum item_kind_id kind);
/* Returns 1: the rows are in their table. 0: one was there already; they are staged now, for the usual way. -1: error. */
int direct_write(struct transaction *transaction, enum item_kind_id kind, struct err *err) MUST_USE;

/* marks.c */
int marks_started(struct transaction *transaction, const struct input *input, struct err *err) MUST_USE;
int marks_other(struct transaction *transaction, const struct input *input, struct err *err) MUST_USE;

/* settle.c */
int settle_walk(struct transaction *transaction, const struct input *input, struct err *err) MUST_USE;
int settle_failed(struct transaction *transaction, const struct input *input, struct err *err) MUST_USE;
/* removal.c: what a complete walk has missed. *removed or *held are set, and cause (text[LIMIT_CAUSE]) when nothing could
 * be judged. *items: active rows afterwards. */
struct removal {
	int64_t removed, held, items;
	int64_t waiting;    /* missed by this walk and still here, where the fence lets later syncs leave the list unread */
	int64_t held_since; /* an epoch, when held is not 0 */
	char cause[300], next_step[200];
};
int removal_judge(struct transaction *transaction, const struct input *input, int64_t unidentified, int64_t received,
                  bool moved, struct removal *removal, struct err *err) MUST_USE;

/* Active rows of the category of an input. */
int removal_count_active(struct transaction *transaction, const struct input *input, int64_t *items, struct err *err)
	MUST_USE;

/* prune.c: the ledgers of the input's category that no proof asks for any more. complete: a walk of it has just become its newest
 * complete one; otherwise what syncs that are over have seen since that one is kept in one ledger. */
int prune_ledger(struct transaction *transaction, const struct input *input, bool complete, struct err *err) MUST_USE;
/* Rejects that are not open any more, or that nothing can close, and that Kafka no longer has: LIMIT_PRUNED_REJECTS of each
 * sort. */
int prune_rejects(struct transaction *transaction, const struct input *input, struct err *err) MUST_USE;

/* gaps.c: after the rejects are written. */
int gaps_note(struct transaction *transaction, struct err *err) MUST_USE;

/* ending.c: ends the message's sync when its last category has ended. */
int ending_of_sync(struct transaction *transaction, const struct input *input, struct err *err) MUST_USE;
/* Tells those that joined the sync `into` how it ended; nothing while it goes on. */
int ending_of_joined(struct transaction *transaction, const struct input *input, struct span into, struct err *err)
	MUST_USE;

/* rejects.c */
int rejects_write(struct transaction *transaction, struct err *err) MUST_USE;

/* Sends rows (begun with copy_begin) to a table; a list of columns may follow its name. */
int transaction_copy(struct transaction *transaction, const char *table, struct buf *rows, struct err *err) MUST_USE;

/* What happened to the sync of a message, or to another one of its account. */
struct news {
	const char *event, *text;
	const char *next_step; /* NULL: there is nothing to do */
	const char *sync;      /* NULL: the message's own */
	bool of_category;
};
/* Remembers news to be told after the commit. */
void applied_event(struct applied *applied, const struct input *input, const struct news *news);

#endif
