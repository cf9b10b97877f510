/* The refresh of an OAuth access token: by one worker of the whole fleet at a time, and so that no refresh token is lost.
 *
 * A provider may rotate: the answer to a refresh holds a new refresh token, and the old one is dead from then on. So two
 * refreshes at once, or one whose answer is lost, would send a person to sign in again. Hence a lock in Redis
 * (token_lock:ACCOUNT, with an owner and a time to live), and an answer that is stored before it is used: first as a spare
 * in Redis (token:ACCOUNT: the sealed secret, and the digest of the sealed secret that it replaces), then in Postgres by
 * compare-and-set: only while the row still holds what the refresh began with. Never in clear in either. Keys have the
 * kafka_prefix in front.
 *
 * Steps, none of which waits for the provider; the fetcher's loop drives them:
 *
 *     token_due -> token_begin -> BUSY: again in wait_ms
 *                              -> FRESH: go on with *credentials
 *                              -> GRANTED: oauth_refresh, send it, token_take -> OK: token_save until it is SAVED or
 *                                 OVERTAKEN; token_end in every case
 *
 * What happens when the worker is killed (or Redis, Postgres or the network go away):
 *
 *   1. before the request leaves: nothing is lost. The lock ends by itself (15 s behind request_timeout_ms), the
 *      next one begins anew.
 *   2. between request and answer: the provider may have rotated, and only it knows the new token. The next refresh sends
 *      the old one; a provider that does not rotate, or has not seen the request, answers as ever, one that did says
 *      invalid_grant, and a person must sign in again. No client can close this gap; it is as long as one request.
 *   3. between answer and spare: the same, for the time of one command to Redis. Nothing else is done in between.
 *   4. between spare and Postgres: the next token_begin finds the spare, sees that the row still is what it replaces, and
 *      saves it: no request is made. So does token_save, called again, when Postgres was away.
 *   5. while Postgres commits: whether it did is not known. The row's digest tells: it is the spare's (saved, the spare is
 *      dropped) or what the spare replaces (4).
 *   6. behind Postgres, before the spare is dropped or the lock given back: as the first half of 5; the lock ends by itself.
 *   7. somebody signs in again meanwhile (syncline account login): the row is neither. Theirs stays (OVERTAKEN), and the
 *      spare is dropped.
 *   8. Redis is emptied: the lock may be given twice, one of the two is told invalid_grant; token_take then looks whether
 *      the row has changed before it believes it. Spare gone and Postgres away: token_save still holds the answer, and puts
 *      the spare back each time it is called.
 *
 * One thread; calls block as Redis and Postgres do (1 s, 5 s). */
#ifndef SYNCLINE_FETCHER_TOKEN_H
#define SYNCLINE_FETCHER_TOKEN_H

#include "common/redis.h"
#include "fetcher/account.h"
#include "fetcher/credentials.h"
#include "fetcher/oauth.h"

struct token_places {
	struct redis *redis;
	struct pg *pg;
	const struct vault *vault;
	const struct settings *settings;
};

enum token_step {
	TOKEN_BUSY,      /* another worker is at it: look again in token->wait_ms */
	TOKEN_FRESH,     /* another worker has done it: *credentials are the stored ones. There is nothing to end */
	TOKEN_GRANTED,   /* ours to do: *credentials are the stored ones, to be refreshed. token_end gives it back */
	TOKEN_SAVED,     /* the new ones are in Postgres */
	TOKEN_OVERTAKEN, /* the row was replaced meanwhile: *credentials are what it holds now */
};

/* A refresh under way; its owner places it and needs not fill it. Holds nothing in clear. */
struct token {
	char account[LIMIT_ACCOUNT + 1], provider[33];
	int64_t wait_ms;
	char owner[33];                        /* of the lock; "": not ours */
	char replaces[65];                     /* digest of the sealed secret it began with */
	char sealed[2 * VAULT_SEALED_MAX + 1]; /* the answer, in hexadecimal; "": none yet */
	char mend[LIMIT_ACCOUNT + 96];         /* what verdict->next_step points to */
};

/* Is there no access token, or one that ends within a minute? */
bool token_due(const struct credentials *credentials, int64_t now_wall_ms);

/* credentials: those in hand, of which the access token is due or was refused (401); replaced as the step says, untouched
 * on failure. RETRY: Redis or Postgres is away. REJECT: the account is gone. CONFIG: its secret cannot be read. */
int token_begin(const struct token_places *at, const struct account *account, struct credentials *credentials,
                int64_t now_wall_ms, struct token *token, enum token_step *step, struct err *err) MUST_USE;

/* Judges the answer (oauth_judge), and before it tells NEEDS_AUTH looks whether the stored credentials are still those
 * that were sent: if not, it is RETRY, and token_begin finds the newer ones. next_step of NEEDS_AUTH and OPERATOR is the
 * exact command and points into *token. */
void token_take(const struct token_places *at, struct token *token, const struct answer *answer, int64_t now_wall_ms,
                struct credentials *credentials, struct verdict *verdict);

/* Stores what token_take gave; only then may it be used. May be called again after RETRY (Postgres is away; the text tells
 * whether the spare is kept), with the same arguments. REJECT: the account is gone. */
int token_save(const struct token_places *at, struct token *token, struct credentials *credentials,
               enum token_step *step, struct err *err) MUST_USE;

/* Gives the lock back if it is still ours; when Redis is away it ends by itself. */
void token_end(const struct token_places *at, struct token *token);

#endif
