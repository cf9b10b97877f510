/* What a sync that has ended left undone, as a wish for another one: only the categories that did not become complete. What
 * is stored stays; `syncline retry` and `account login` ask for the rest. */
#ifndef SYNCLINE_CTL_LEFT_H
#define SYNCLINE_CTL_LEFT_H

#include "ctl/enqueue.h"

struct left {
	struct wish wish;                /* its categories are "" when nothing is left undone */
	char sync[UUID_TEXT], state[16]; /* "": the account has never been synced */
	bool over;
};

/* ctl->pg is open. sync: a sync of the account, or NULL for its newest. account must outlive *left. */
int left_read(struct ctl *ctl, const char *account, const char *sync, struct left *left, struct err *err) MUST_USE;

/* Of it only what a refused sign-in can have left: what somebody cancelled was wanted so, and a replay signs in nowhere. */
void left_by_sign_in(struct left *left);

#endif
