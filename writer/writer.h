/* The writer: items, ends and marks in; rows, ledger and proofs in Postgres.
 *
 * open -> turn* -> close. One thread. Memory is bounded by one batch (limits.h). While the database is away the batch in
 * hand is kept, reading pauses and the group membership stays. */
#ifndef SYNCLINE_WRITER_WRITER_H
#define SYNCLINE_WRITER_WRITER_H

#include "common/settings.h"
#include "common/stop.h"

struct writer;

/* settings must outlive the writer. RETRY: a service is away. CONFIG: the schema is not this program's, and the like. */
int writer_open(const struct settings *settings, struct writer **writer, struct err *err) MUST_USE;
void writer_close(struct writer **writer);

/* Collects, writes when due, and looks after unfinished syncs; waits at most about 100 ms. *idle: nothing is in hand. */
int writer_turn(struct writer *writer, enum stop_level stop, bool *idle, struct err *err) MUST_USE;

#endif
