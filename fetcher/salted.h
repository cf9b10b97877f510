/* A secret that is shown without being sent, as older protocols do: the digest of it and of a salt, and the salt. */
#ifndef SYNCLINE_FETCHER_SALTED_H
#define SYNCLINE_FETCHER_SALTED_H

#include "common/err.h"

enum { SALTED_SALT = 17, SALTED_DIGEST = 33 };

/* md5(secret + salt) in lower-case hexadecimal, with a new salt of 16 characters for each call. MD5 is such protocols' choice.
 * CONFIG: OpenSSL refuses it, as it does in FIPS mode. */
int salted_md5(const char *secret, char salt[SALTED_SALT], char digest[SALTED_DIGEST], struct err *err) MUST_USE;

#endif
