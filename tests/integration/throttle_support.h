/* For tests of the throttle against a real Redis: callers on two connections, each coming back after the wait it was told,
 * as fetchers do. All keys begin with a prefix of the test's own and are deleted at its end. */
#ifndef SYNCLINE_TESTS_THROTTLE_SUPPORT_H
#define SYNCLINE_TESTS_THROTTLE_SUPPORT_H

#include "fetcher/throttle.h"
#include "pg_support.h"

#define CREDENTIAL "spotify:0123456789abcdef"

enum { CONNECTIONS = 2, CALLERS_MAX = 32, GRANTS_MAX = 4000 };

struct caller {
	char account[24];
	bool background;
	int64_t latency_ms; /* of its requests */
	int64_t wake_ms;
	int grants;
	int64_t first_ms;       /* its first grant; 0: none */
	int64_t silent_from_ms; /* it has died then; 0: never */
};

struct bench {
	struct settings settings;
	struct redis *redis[CONNECTIONS];
	struct caller callers[CALLERS_MAX];
	int caller_count;
	int64_t granted_ms[GRANTS_MAX]; /* when the answer was there ... */
	int64_t asked_ms[GRANTS_MAX];   /* ... and when the question was not yet sent: it was granted between the two */
	int granted;
};

int bench_open(void **state);
int bench_close(void **state);
#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

struct redis *connect_to_redis(void);

/* The names of this test's keys. */
redisReply *keys_of(struct bench *bench);
/* As far as these go, what FLUSHALL does. */
void empty_redis(struct bench *bench);
/* One command with the key "kind:CREDENTIAL" for its first %s, and a moment so many seconds from Redis' now, in microseconds,
 * for its second. */
void on_key_at(struct bench *bench, const char *command, const char *kind, int64_t from_now_s);

void pass_ms(int64_t ms);
/* For CREDENTIAL, on one of the connections. Returns the wait. */
int64_t take(struct bench *bench, int connection, const char *account, const struct throttle_rate *rate);
void pause_for(struct bench *bench, int64_t wait_ms);

/* Callers that send one request after the other, each answered after latency_ms. */
void add_callers(struct bench *bench, const char *account, int count, int64_t latency_ms);
/* One caller each for the accounts "name0", "name1", ... */
void add_accounts(struct bench *bench, const char *name, int count, int64_t latency_ms);
void run_for(struct bench *bench, int64_t span_ms, const struct throttle_rate *rate);
/* Callers, grants and keys. */
void forget_callers(struct bench *bench);

#endif
