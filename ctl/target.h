/* What a command is told to work on by one word: an account, or one of its syncs. */
#ifndef SYNCLINE_CTL_TARGET_H
#define SYNCLINE_CTL_TARGET_H

#include "common/limits.h"
#include "common/uuid.h"
#include "ctl/ctl.h"

struct target {
	char account[LIMIT_ACCOUNT + 1], account_id[ID_TEXT];
	char sync[UUID_TEXT]; /* "": the word was the account */
};

/* ctl->pg is open. REJECT: no such account (the text suggests near names) or sync. */
int target_find(struct ctl *ctl, const char *word, struct target *target, struct err *err) MUST_USE;

#endif
