/* Asking for a sync: a row in the database, then a job in Kafka. Both `syncline sync` and `account login` do. */
#ifndef SYNCLINE_CTL_ENQUEUE_H
#define SYNCLINE_CTL_ENQUEUE_H

#include "common/category.h"
#include "common/uuid.h"
#include "ctl/ctl.h"

struct wish {
	const char *account, *mode;
	const char *by; /* who asks; NULL: the user of this process */
	char account_id[ID_TEXT], categories[CATEGORY_SET_TEXT];
};

/* ctl->pg is open. Puts the new sync's id into sync. On failure nothing is left waiting, as far as that is known. RETRY: Kafka
 * did not answer in time, and may still take the job. */
int enqueue_sync(struct ctl *ctl, const struct wish *wish, char sync[UUID_TEXT], struct err *err) MUST_USE;

#endif
