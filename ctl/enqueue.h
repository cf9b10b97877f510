/* Asking for a sync: a row in the database, then a job in Kafka. Commands and the REST API do; what is due by a rule gets its
 * row from console/schedule, and its job from the reconciler. */
#ifndef SYNCLINE_CTL_ENQUEUE_H
#define SYNCLINE_CTL_ENQUEUE_H

#include "common/category.h"
#include "common/uuid.h"
#include "ctl/ctl.h"

struct wish {
	const char *account, *mode;
	const char *by; /* who asks; NULL: the user of this process */
	char account_id[ID_TEXT], categories[CATEGORY_SET_TEXT];
	bool background;
	int64_t not_before_ms; /* since 1970; 0: at once */
};

struct enqueued {
	char sync[UUID_TEXT];
	bool stored;    /* it is there, also when enqueue_sync has failed: then it begins by itself */
	char state[16]; /* as shown to people: queued; or scheduled, paused: no job was sent, the reconciler will do that */
};

/* A mode that can be asked for? CONFIG if not; `where` is what it was given as: "--mode". */
int enqueue_check_mode(const char *where, const char *mode, struct err *err) MUST_USE;

/* ctl->pg is open. RETRY: Postgres is away; or it is not known whether Kafka has the job, and the sync is stored and begins by
 * itself (enqueued->stored), which the text tells. On any other failure nothing is left waiting. */
int enqueue_sync(struct ctl *ctl, const struct wish *wish, struct enqueued *enqueued, struct err *err) MUST_USE;

/* Prints what was asked for, and what to do next. */
void enqueue_tell(const struct ctl *ctl, const struct wish *wish, const struct enqueued *enqueued);

#endif
