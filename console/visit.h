/* What a visit is about, found from its path. */
#ifndef SYNCLINE_CONSOLE_VISIT_H
#define SYNCLINE_CONSOLE_VISIT_H

#include "console/console.h"
#include "ctl/target.h"

/* The account in parts[0]. false: answered with the error, 404 if there is none. */
bool visit_account(struct visit *visit, char id[ID_TEXT]);

/* The sync whose id is in parts[0], with its account. false: answered with the error, 404 if there is none. */
bool visit_sync(struct visit *visit, struct target *target);

#endif
