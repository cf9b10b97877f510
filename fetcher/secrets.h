/* What a server repeats of the secrets it was sent, and nobody else may read: in its error messages, addresses, names. */
#ifndef SYNCLINE_FETCHER_SECRETS_H
#define SYNCLINE_FETCHER_SECRETS_H

#include "fetcher/account.h"
#include "fetcher/credentials.h"

/* Covers with asterisks, in place, whatever in text begins as one of the secrets does: in the forms in which they are sent (as
 * they are, percent-encoded, in hexadecimal, as HTTP's Basic pair), up to where it differs, so also the beginning of one that
 * was cut. Secrets of less than 4 characters are in every text and cannot be told. account and credentials may each be NULL. */
void secrets_hide(char *text, const struct account *account, const struct credentials *credentials);

#endif
