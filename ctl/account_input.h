/* What a person types for an account, checked and tidied before anything is stored. Pure. */
#ifndef SYNCLINE_CTL_ACCOUNT_INPUT_H
#define SYNCLINE_CTL_ACCOUNT_INPUT_H

#include "common/err.h"
#include "common/limits.h"

/* [a-z0-9][a-z0-9._-]{0,62}: it is a key in Kafka and a word on the command line. The error's text is a predicate. */
int account_check_name(const char *name, struct err *err) MUST_USE;

/* http or https, with a host, without credentials, query or fragment; white space refused. tidy[LIMIT_URL] becomes the
 * address without trailing slashes and without /rest, in lower case up to the path. The error's text
 * is a predicate of the address: "has no host". */
int account_check_url(const char *url, char *tidy, struct err *err) MUST_USE;

#endif
