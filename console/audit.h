/* Who did what. */
#ifndef SYNCLINE_CONSOLE_AUDIT_H
#define SYNCLINE_CONSOLE_AUDIT_H

#include "console/console.h"

/* Writes down that the visitor did it, and to the log as well. action: a word or two, stable. subject: an account, a sync ...;
 * never a secret. A database that refuses is told in the log: what was done is done. Removing an account, confirming
 * removals, cancelling and undoing write their entry themselves: audit_noted. */
void audit(struct visit *visit, const char *action, const char *subject);
/* What was written down by the change itself, in its transaction (change_note in ctl/change.h): to the log alone. */
void audit_noted(struct visit *visit, const char *action, const char *subject);
/* As audit, for somebody who is not (yet) the visitor. */
void audit_as(struct visit *visit, const char *who, const char *action, const char *subject);
/* A sign-in was refused, of whatever was typed as its name: written down only if there is such a user, for it may be a password
 * that was typed into the wrong field. */
void audit_refused(struct visit *visit, const char *typed, const char *subject);

#endif
