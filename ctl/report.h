/* What became of a sync, for a person: the sentence, a table of categories, and what to do about what is missing. */
#ifndef SYNCLINE_CTL_REPORT_H
#define SYNCLINE_CTL_REPORT_H

#include "ctl/ctl.h"

/* The colour of a sync's or category's state. */
int report_paint(const char *state);

/* sync and categories are results of q_ctl_sync and q_ctl_categories. "995 of 1,000 items synced (5 errors) in 12 s" */
void report_sentence(const PGresult *sync, const PGresult *categories, struct buf *out);
/* The table, then causes, next steps and held removals. */
void report_categories(const char *account, const PGresult *categories);
/* "cause" and "next step" of a sync or category, on lines of their own; nothing when both are empty. */
void report_cause(const char *who, const char *cause, const char *next_step);
/* Why the sync is where it is, unless one of its categories has told that: its cause is one of theirs then. */
void report_sync_cause(const PGresult *sync, const PGresult *categories);
/* Sentence, table, causes, and what is kept of a sync that is not complete. */
void report_print(const PGresult *sync, const PGresult *categories);

/* 0 complete, 3 partial, else 1. */
int report_exit_code(const char *state);

/* Both results of one sync. slow_ms: until when it waits for its provider's limit, as far as slow_until knows. */
int report_read(struct ctl *ctl, const char *sync_id, int64_t slow_ms, PGresult **sync, PGresult **categories,
                struct err *err) MUST_USE;
/* The sync with its categories as one JSON object on a line. */
int report_json(struct ctl *ctl, const char *sync_id, int64_t slow_ms, struct err *err) MUST_USE;
/* "needs_auth: why" and the command that mends it. who stands before it. */
void report_needs_auth(const char *who, const char *cause, const char *next_step);
/* "3 playlists may not be read: why" on a line; nothing when count is 0. who stands before it, or "". */
void report_refused(const char *who, int64_t count, const char *cause);
/* That the account is paused, until when and what to do; nothing when it is not. Columns paused and paused_until. */
void report_paused(const char *account, const PGresult *rows, int i);

#endif
