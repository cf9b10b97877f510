/* What a visit is about, found from its path. */
#ifndef SYNCLINE_CONSOLE_VISIT_H
#define SYNCLINE_CONSOLE_VISIT_H

#include "console/console.h"

/* The account in parts[0]. false: answered with the error, 404 if there is none. */
bool visit_account(struct visit *visit, char id[ID_TEXT]);

#endif
