/* The lock, the spare and the row. Digests are of sealed secrets: two sealings of the same text differ. */
#include "fetcher/token.h"

#include <assert.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <stdio.h>

#include "common/crash.h"
#include "common/redis_key.h"

enum {
	DUE_MS = 60 * 1000,
	LOOK_AGAIN_MS = 250,
	/* Beyond the request's own time: storing the answer, with Redis and Postgres at their slowest. */
	LOCK_MORE_MS = 15 * 1000,
	SPARE_DAYS = 30,
	HEX_MAX = 2 * VAULT_SEALED_MAX + 1,
};

/* The account's row as it is stored. */
struct row {
	char sealed[HEX_MAX], digest[65];
};

bool token_due(const struct credentials *credentials, int64_t now_wall_ms)
{
	return !*credentials->access_token || credentials->expires_at - now_wall_ms < DUE_MS;
}

/* ---- sealed texts ---- */

static void digest_hex(const unsigned char *bytes, size_t len, char digest[65])
{
	unsigned char sum[SHA256_DIGEST_LENGTH];
	SHA256(bytes, len, sum);
	sodium_bin2hex(digest, 65, sum, sizeof sum);
}

static int seal(const struct token_places *at, struct token *token, const struct credentials *credentials,
                struct err *err)
{
	char text[LIMIT_SECRET + 1];
	unsigned char sealed[VAULT_SEALED_MAX];
	size_t len = 0;
	int result = credentials_text(credentials, text, err);
	if (result == 0)
		result = vault_seal(at->vault, span_of(token->account), span_of(text), sealed, &len, err);
	vault_wipe(text, sizeof text);
	if (result == 0)
		sodium_bin2hex(token->sealed, sizeof token->sealed, sealed, len);
	return result;
}

static int unseal(const struct token_places *at, const struct token *token, const char *hex,
                  struct credentials *credentials, char digest[65], struct err *err)
{
	char text[LIMIT_SECRET + 1];
	unsigned char sealed[VAULT_SEALED_MAX];
	size_t len = 0;
	if (sodium_hex2bin(sealed, sizeof sealed, hex, strlen(hex), NULL, &len, NULL))
		return err_set(err, ERR_CONFIG, 0, "the stored credentials of account '%s' are damaged", token->account);
	digest_hex(sealed, len, digest);
	int result = vault_unseal(at->vault, span_of(token->account), sealed, len, text, err);
	if (result == 0 && (result = credentials_parse(token->provider, text, credentials, err)))
		err_wrap(err, "account '%s': ", token->account);
	vault_wipe(text, sizeof text);
	return result;
}

/* ---- the row in Postgres ---- */

static int read_row(const struct token_places *at, const struct token *token, struct row *row, struct err *err)
{
	const char *values[] = {token->account};
	PG_RESULT *rows = NULL;
	if (pg_query(at->pg,
	             "SELECT encode(secret, 'hex') AS secret, encode(sha256(secret), 'hex') AS digest FROM account "
	             "WHERE name = $1",
	             1, values, &rows, err))
		return -1;
	if (PQntuples(rows) == 0)
		return err_set(err, ERR_REJECT, 0, "account '%s' was removed", token->account);
	if (!span_copy(span_of(pg_text(rows, 0, "secret")), row->sealed, sizeof row->sealed) ||
	    !span_copy(span_of(pg_text(rows, 0, "digest")), row->digest, sizeof row->digest))
		return err_set(err, ERR_CONFIG, 0, "the stored credentials of account '%s' are damaged", token->account);
	return 0;
}

static int replace_row(const struct token_places *at, const struct token *token, bool *replaced, struct err *err)
{
	char bytes[HEX_MAX + 2];
	const char *values[] = {token->account, token->replaces, bytes};
	int64_t rows = 0;
	snprintf(bytes, sizeof bytes, "\\x%s", token->sealed);
	if (pg_run(at->pg, "UPDATE account SET secret = $3::bytea WHERE name = $1 AND encode(sha256(secret), 'hex') = $2",
	           3, values, &rows, err))
		return -1;
	*replaced = rows == 1;
	return 0;
}

/* ---- the spare in Redis ---- */

static int keep_spare(const struct token_places *at, const struct token *token, struct err *err)
{
	char name[REDIS_KEY];
	REDIS_REPLY *reply = NULL;
	REDIS_REPLY *expire = NULL;
	if (redis_command(at->redis, &reply, err, "HSET %s sealed %s replaces %s",
	                  redis_key(at->settings, "token", token->account, name), token->sealed, token->replaces))
		return -1;
	return redis_command(at->redis, &expire, err, "EXPIRE %s %d", name, SPARE_DAYS * 24 * 3600);
}

/* When it is not dropped now, the next token_begin sees that it is of no use. */
static void drop_spare(const struct token_places *at, const struct token *token)
{
	char name[REDIS_KEY];
	struct err ignored;
	REDIS_REPLY *reply = NULL;
	IGNORE(
		redis_command(at->redis, &reply, &ignored, "DEL %s", redis_key(at->settings, "token", token->account, name)));
}

/* Takes a spare that replaces what the row holds: the answer of a worker that could not save it. */
static int find_spare(const struct token_places *at, struct token *token, bool *found, struct err *err)
{
	char name[REDIS_KEY];
	REDIS_REPLY *reply = NULL;
	if (redis_command(at->redis, &reply, err, "HMGET %s sealed replaces",
	                  redis_key(at->settings, "token", token->account, name)))
		return -1;
	const redisReply *sealed = reply->elements == 2 ? reply->element[0] : NULL;
	const redisReply *replaces = sealed ? reply->element[1] : NULL;
	*found = sealed && sealed->type == REDIS_REPLY_STRING && replaces->type == REDIS_REPLY_STRING &&
	         strcmp(replaces->str, token->replaces) == 0 &&
	         span_copy((struct span){sealed->str, sealed->len}, token->sealed, sizeof token->sealed);
	if (!*found)
		token->sealed[0] = '\0';
	if (sealed && sealed->type == REDIS_REPLY_STRING && !*found)
		drop_spare(at, token);
	return 0;
}

/* ---- the lock ---- */

static int lock(const struct token_places *at, struct token *token, bool *ours, struct err *err)
{
	char name[REDIS_KEY];
	unsigned char random[16];
	REDIS_REPLY *reply = NULL;
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(token->owner, sizeof token->owner, random, sizeof random);
	if (redis_command(at->redis, &reply, err, "SET %s %s NX PX %lld",
	                  redis_key(at->settings, "token_lock", token->account, name), token->owner,
	                  (long long)at->settings->request_timeout_ms + LOCK_MORE_MS)) {
		token->owner[0] = '\0';
		return -1;
	}
	*ours = reply->type == REDIS_REPLY_STATUS;
	if (!*ours)
		token->owner[0] = '\0';
	return 0;
}

void token_end(const struct token_places *at, struct token *token)
{
	static const char script[] = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end "
								 "return redis.call('DEL', KEYS[1])";
	char name[REDIS_KEY];
	struct err ignored;
	const char *words[] = {redis_key(at->settings, "token_lock", token->account, name), token->owner};
	REDIS_REPLY *reply = NULL;
	if (*token->owner)
		IGNORE(redis_script(at->redis, script, 1, COUNT_OF(words), words, &reply, &ignored)); /* it ends by itself */
	token->owner[0] = '\0';
}

/* ---- begin ---- */

/* What is stored, with a spare put where it belongs first. */
static int read_stored(const struct token_places *at, struct token *token, struct credentials *stored, struct err *err)
{
	struct row row;
	bool found = false;
	enum token_step saved;
	if (read_row(at, token, &row, err) || unseal(at, token, row.sealed, stored, token->replaces, err) ||
	    find_spare(at, token, &found, err))
		return -1;
	if (!found)
		return 0;
	struct err unreadable;
	char digest[65];
	if (unseal(at, token, token->sealed, stored, digest, &unreadable)) {
		drop_spare(at, token); /* sealed with a key that is gone */
	} else if (token_save(at, token, stored, &saved, err)) {
		return -1;
	} else if (saved == TOKEN_SAVED) {
		memcpy(token->replaces, digest, sizeof digest);
	}
	token->sealed[0] = '\0';
	return 0;
}

int token_begin(const struct token_places *at, const struct account *account, struct credentials *credentials,
                int64_t now_wall_ms, struct token *token, enum token_step *step, struct err *err)
{
	struct credentials stored = {0};
	bool ours = false;
	*token = (struct token){.wait_ms = LOOK_AGAIN_MS};
	memcpy(token->account, account->name, sizeof token->account);
	memcpy(token->provider, account->provider, sizeof token->provider);
	if (lock(at, token, &ours, err))
		return -1;
	if (!ours) {
		*step = TOKEN_BUSY;
		return 0;
	}
	int result = read_stored(at, token, &stored, err);
	if (result == 0) {
		bool fresh = strcmp(stored.access_token, credentials->access_token) != 0 && !token_due(&stored, now_wall_ms);
		*step = fresh ? TOKEN_FRESH : TOKEN_GRANTED;
		*credentials = stored;
	}
	if (result || *step == TOKEN_FRESH)
		token_end(at, token);
	credentials_wipe(&stored);
	return result;
}

/* ---- take and save ---- */

/* Only when they can be compared and are equal may a person be called. */
static bool still_stored(const struct token_places *at, const struct token *token)
{
	struct row row;
	struct err ignored;
	return read_row(at, token, &row, &ignored) == 0 && strcmp(row.digest, token->replaces) == 0;
}

void token_take(const struct token_places *at, struct token *token, const struct answer *answer, int64_t now_wall_ms,
                struct credentials *credentials, struct verdict *verdict)
{
	oauth_judge(answer, now_wall_ms, credentials, verdict);
	if (verdict->outcome == OUTCOME_NEEDS_AUTH && !still_stored(at, token)) {
		verdict->outcome = OUTCOME_RETRY;
		verdict->next_step = "nothing: it is tried again by itself";
		snprintf(verdict->cause, sizeof verdict->cause,
		         "the token was refused, but the account may have been signed in again meanwhile");
		return;
	}
	if (verdict->outcome == OUTCOME_NEEDS_AUTH)
		snprintf(token->mend, sizeof token->mend, "sign in again: syncline account login %s", token->account);
	else if (verdict->outcome == OUTCOME_OPERATOR && verdict->said_by_server)
		snprintf(token->mend, sizeof token->mend,
		         "check the app's client id, then: syncline account login %s --client-id ID", token->account);
	else
		return;
	verdict->next_step = token->mend;
}

/* The row is another one than the refresh began with. */
static int overtaken(const struct token_places *at, struct token *token, struct credentials *credentials,
                     enum token_step *step, struct err *err)
{
	struct row row;
	struct credentials stored = {0};
	char digest[65], ours[65];
	unsigned char sealed[VAULT_SEALED_MAX];
	size_t len = 0;
	if (read_row(at, token, &row, err))
		return -1;
	IGNORE(
		sodium_hex2bin(sealed, sizeof sealed, token->sealed, strlen(token->sealed), NULL, &len, NULL)); /* made by us */
	digest_hex(sealed, len, ours);
	if (strcmp(row.digest, ours) == 0) {
		*step = TOKEN_SAVED; /* by an earlier try whose commit was not answered */
		return 0;
	}
	int result = unseal(at, token, row.sealed, &stored, digest, err);
	if (result == 0) {
		*credentials = stored;
		memcpy(token->replaces, digest, sizeof digest);
		*step = TOKEN_OVERTAKEN;
	}
	credentials_wipe(&stored);
	return result;
}

int token_save(const struct token_places *at, struct token *token, struct credentials *credentials,
               enum token_step *step, struct err *err)
{
	struct err no_spare;
	bool replaced = false;
	assert(*token->replaces);
	if (!*token->sealed && seal(at, token, credentials, err))
		return -1;
	bool kept = keep_spare(at, token, &no_spare) == 0;
	CRASH_POINT("fetcher: a token is a spare in Redis only");
	int result = replace_row(at, token, &replaced, err);
	CRASH_POINT("fetcher: a token is stored, its spare not dropped");
	if (result == 0 && replaced)
		*step = TOKEN_SAVED;
	else if (result == 0)
		result = overtaken(at, token, credentials, step, err);
	if (result == 0 || err->class == ERR_REJECT)
		drop_spare(at, token);
	else
		err_wrap(err, "the new token of account '%s' is kept %s: ", token->account,
		         kept ? "sealed in Redis until it can be stored" : "in memory only");
	return result;
}
