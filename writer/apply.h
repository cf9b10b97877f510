/* The transaction: a batch of messages becomes rows, ledger, states and proofs, or nothing does.
 *
 * open -> run* -> close. One thread. After any failure the same inputs can be given again; after a lost connection during
 * COMMIT too, because positions make a repeat do nothing. The caller finishes the messages only after success. */
#ifndef SYNCLINE_WRITER_APPLY_H
#define SYNCLINE_WRITER_APPLY_H

#include "common/pg.h"
#include "common/settings.h"
#include "common/uuid.h"
#include "writer/input.h"

struct apply;

/* News of a sync, to be told once it is true. */
struct event {
	char sync[UUID_TEXT], account[LIMIT_ACCOUNT + 1], event[25], category[17];
	char text[LIMIT_CAUSE + 1], next_step[LIMIT_CAUSE + 1];
};

/* What a transaction did; valid until the next. */
struct applied {
	int64_t rows, added, changed, removed, stale, rejected, bad_messages, unknown_account;
	char unknown_name[LIMIT_ACCOUNT + 1]; /* one of the accounts that are not there */
	struct event *events;
	size_t event_count, event_cap;
};

/* pg is used, not owned. */
int apply_open(const struct settings *settings, struct pg *pg, struct apply **apply, struct err *err) MUST_USE;
void apply_close(struct apply **apply);

/* All of the inputs in one transaction, in their order. RETRY: later. REJECT: something in them is refused (split_run finds
 * out what). CONFIG, FATAL: the database cannot be used as it is. */
int apply_run(struct apply *apply, struct input **inputs, size_t count, const struct applied **applied, struct err *err)
	MUST_USE;

/* Would rows from..to of an items message be taken? Writes nothing. REJECT: no. */
int apply_probe(struct apply *apply, struct input *input, size_t from, size_t to, struct err *err) MUST_USE;

#endif
