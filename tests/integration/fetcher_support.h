/* What tests of the fetcher share that need a real Postgres and Redis: places_open and places_close are cmocka's group
 * setup and teardown. */
#ifndef SYNCLINE_TESTS_FETCHER_SUPPORT_H
#define SYNCLINE_TESTS_FETCHER_SUPPORT_H

#include <pthread.h>
#include <string.h>

#include "fetcher/token.h"
#include "pg_support.h"

extern struct settings settings;
extern struct vault *vault;
/* The test's own connections, beside those of the code under test. */
extern struct pg *eye;
extern struct redis *eye_redis;
/* Before all keys in Redis; also in settings.kafka_prefix. */
extern char prefix[64];

/* A new schema with all tables, a vault, and the two connections. */
int places_open(void **state);
int places_close(void **state);

/* Connections as a worker has them. A statement waits for a lock 100 ms at most. */
struct token_places connect_places(void);
void close_places(struct token_places *at);

/* A command with one key: "DEL", "token" for prefix + "token:home". */
void redis_do(const char *command, const char *name);
bool redis_has(const char *name);

/* The address of a "Redis" that takes connections and never answers; close the descriptor at the end. */
int silent_port(char url[64]);

/* ---- the account "home", a provider that rotates its refresh tokens, and workers that ask it ---- */

#define CANARY "canary-5ecret" /* every token begins so */
enum { NOW = 2000000000, HOUR = 3600 * 1000 };

extern struct account account;

/* Stores these as the account's; stored() reads them, until it is called again. */
void store(const struct credentials *credentials);
const struct credentials *stored(void);
/* As time does with the lock of a worker that was killed. */
void lock_ends(void);

/* Refresh tokens are numbered, CANARY "-r1", and only the valid one is taken, once. */
struct test_provider {
	pthread_mutex_t mutex;
	int valid, requests, refused;
};
extern struct test_provider provider;

struct worker {
	struct token_places at;
	struct credentials credentials;
	struct token token;
	enum token_step step;
	struct verdict verdict;
	struct answer answer;
	char body[256];
};

/* The steps of token.h; begins and takes fail the test when they fail. */
enum token_step begins(struct worker *worker);
void asks_provider(struct worker *worker);
enum outcome takes(struct worker *worker);
int saves(struct worker *worker, struct err *err);

#endif
