/* Users of the console and their passwords (Argon2id). */
#ifndef SYNCLINE_CONSOLE_USER_H
#define SYNCLINE_CONSOLE_USER_H

#include "common/pg.h"
#include "console/console.h"

enum { USER_PASSWORD_LEAST = 10, USER_PASSWORD_MOST = 1024 };

/* Inserts the user, or gives one that is there a new password and scope; its sessions end. CONFIG: a name that is none, or a
 * password that is too short. */
int user_store(struct pg *pg, const char *name, const char *password, enum scope scope, struct err *err) MUST_USE;

/* Its sessions end. REJECT: there is none of that name. */
int user_remove(struct pg *pg, const char *name, struct err *err) MUST_USE;

/* *good: the password is this user's. Takes as long for a user that does not exist. One at a time in the process: a check
 * takes 64 MiB for about 0.1 s, one that fails for twice as long. RETRY: nobody can tell now, for one, without that memory. */
int user_check(struct pg *pg, const char *name, const char *password, bool *good, struct err *err) MUST_USE;

#endif
