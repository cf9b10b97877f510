/* The connection string of Postgres, looked at before libpq uses it. */
#ifndef SYNCLINE_CONNINFO_H
#define SYNCLINE_CONNINFO_H

#include "common/err.h"

/* CONFIG: libpq would not read it as whoever wrote it meant it, which is mostly a password with a character that belongs encoded.
 * libpq's own errors quote what they could not read, or take for a host or a database, and that is then a part of the password:
 * the text of this one says what to write instead, and quotes nothing. */
int conninfo_check(const char *conninfo, struct err *err) MUST_USE;

#endif
