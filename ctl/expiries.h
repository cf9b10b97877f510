/* When the sign-ins of the accounts end, for people who can still renew them in time. Read from the sealed credentials;
 * without the key file, or where one cannot be unsealed, nothing is known (`syncline doctor` tells about keys). */
#ifndef SYNCLINE_CTL_EXPIRIES_H
#define SYNCLINE_CTL_EXPIRIES_H

#include "ctl/ctl.h"
#include "ctl/figure.h"
#include "ctl/term.h"
#include "fetcher/expiry.h"

struct expiries {
	struct account_expiry {
		char account[LIMIT_ACCOUNT + 1];
		struct expiry expiry;
		int64_t left_ms; /* below 0: it has ended */
	} * rows;
	size_t count;
};

/* Of one account, or of all (name NULL). RETRY: Postgres is away. The caller calls expiries_done in every case. */
int expiries_read(struct ctl *ctl, const char *name, struct expiries *ret, struct err *err) MUST_USE;
void expiries_done(struct expiries *expiries);

/* NULL: this account's does not end, or is not known. */
const struct account_expiry *expiries_find(const struct expiries *expiries, const char *account);

/* "in 12 days", and its colour: yellow when people are to be told, red when it has ended. */
const char *expiry_text(const struct account_expiry *row, char text[FIGURE_TEXT]);
enum paint expiry_paint(const struct account_expiry *row);
/* "the sign-in at Spotify ends in 12 days" into text[EXPIRY_SENTENCE]. false: there is time yet. */
enum { EXPIRY_SENTENCE = 160 };
bool expiry_warning(const struct account_expiry *row, char text[EXPIRY_SENTENCE]);

/* A line for each that ends soon or has ended, with the command that renews it. */
void expiries_print(const struct expiries *expiries);

/* [{"account":..., "sign_in_ends_at":..., "sign_in_ends_of":...}], a parameter for json_to_recordset. */
enum { EXPIRIES_JSON = 64 * 1024 * 1024 };
void expiries_json(const struct expiries *expiries, struct buf *out);

#endif
