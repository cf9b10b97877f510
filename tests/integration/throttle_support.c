/* Callers of the throttle, and a look into its Redis. */
#include "throttle_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"

struct redis *connect_to_redis(void)
{
	const char *url = getenv("SYNCLINE_TEST_REDIS");
	struct redis *redis = NULL;
	struct err err;
	if (!url)
		fail_msg("set SYNCLINE_TEST_REDIS to the address of a Redis in which this test may make keys");
	must(redis_open(url, &redis, &err), &err);
	return redis;
}

/* ---- what stands in Redis ---- */

redisReply *keys_of(struct bench *bench)
{
	redisReply *keys = NULL;
	struct err err;
	must(redis_command(bench->redis[0], &keys, &err, "KEYS %s*", bench->settings.kafka_prefix), &err);
	return keys;
}

/* As far as this test's keys go, what FLUSHALL does. */
void empty_redis(struct bench *bench)
{
	REDIS_REPLY *keys = keys_of(bench);
	struct err err;
	for (size_t i = 0; i < keys->elements; i++) {
		REDIS_REPLY *reply = NULL;
		must(redis_command(bench->redis[0], &reply, &err, "DEL %s", keys->element[i]->str), &err);
	}
}

/* One command with the key of CREDENTIAL and a moment so many seconds from Redis' now, in microseconds. */
void on_key_at(struct bench *bench, const char *command, const char *kind, int64_t from_now_s)
{
	char key[LIMIT_SETTING + 64], moment[32];
	REDIS_REPLY *time = NULL;
	REDIS_REPLY *reply = NULL;
	struct err err;
	must(redis_command(bench->redis[0], &time, &err, "TIME"), &err);
	snprintf(key, sizeof key, "%s%s:%s", bench->settings.kafka_prefix, kind, CREDENTIAL);
	snprintf(moment, sizeof moment, "%lld", (strtoll(time->element[0]->str, NULL, 10) + from_now_s) * 1000000);
	must(redis_command(bench->redis[0], &reply, &err, command, key, moment), &err);
}

int bench_open(void **state)
{
	static int number;
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	snprintf(bench->settings.kafka_prefix, sizeof bench->settings.kafka_prefix, "test_throttle_%d_%d:", (int)getpid(),
	         number++);
	for (int i = 0; i < CONNECTIONS; i++)
		bench->redis[i] = connect_to_redis();
	*state = bench;
	return 0;
}

int bench_close(void **state)
{
	struct bench *bench = *state;
	empty_redis(bench);
	for (int i = 0; i < CONNECTIONS; i++)
		redis_close(&bench->redis[i]);
	free(bench);
	return 0;
}

/* ---- callers ---- */

void pass_ms(int64_t ms)
{
	const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	nanosleep(&time, NULL);
}

static int64_t take_as(struct bench *bench, int connection, const struct throttle_asker *asker,
                       const struct throttle_rate *rate)
{
	int64_t wait_ms = -1;
	struct err err;
	must(throttle_take(bench->redis[connection], &bench->settings, CREDENTIAL, asker, rate, &wait_ms, &err), &err);
	if (wait_ms == THROTTLE_UNKNOWN) {
		must(throttle_know(bench->redis[connection], &bench->settings, CREDENTIAL, 0, &err), &err);
		return take_as(bench, connection, asker, rate);
	}
	assert_true(wait_ms >= 0);
	return wait_ms;
}

int64_t take(struct bench *bench, int connection, const char *account, const struct throttle_rate *rate)
{
	const struct throttle_asker asker = {.account = account};
	return take_as(bench, connection, &asker, rate);
}

void pause_for(struct bench *bench, int64_t wait_ms)
{
	struct err err;
	must(throttle_pause(bench->redis[0], &bench->settings, CREDENTIAL, wait_ms, &err), &err);
}

void add_callers(struct bench *bench, const char *account, int count, int64_t latency_ms)
{
	for (int i = 0; i < count; i++) {
		struct caller *caller = &bench->callers[bench->caller_count++];
		assert_true(bench->caller_count <= CALLERS_MAX);
		*caller = (struct caller){.latency_ms = latency_ms};
		snprintf(caller->account, sizeof caller->account, "%s", account);
	}
}

/* "a0", "a1", ...: one caller each. */
void add_accounts(struct bench *bench, const char *name, int count, int64_t latency_ms)
{
	for (int i = 0; i < count; i++) {
		char account[24];
		snprintf(account, sizeof account, "%.8s%d", name, i);
		add_callers(bench, account, 1, latency_ms);
	}
}

static void ask(struct bench *bench, int number, const struct throttle_rate *rate)
{
	struct caller *caller = &bench->callers[number];
	const struct throttle_asker asker = {caller->account, caller->background};
	int64_t asked_ms = clock_ms(), wait_ms = take_as(bench, number % CONNECTIONS, &asker, rate);
	int64_t now_ms = clock_ms();
	caller->wake_ms = now_ms + (wait_ms ? wait_ms : caller->latency_ms);
	if (wait_ms)
		return;
	assert_true(bench->granted < GRANTS_MAX);
	bench->asked_ms[bench->granted] = asked_ms;
	bench->granted_ms[bench->granted++] = now_ms;
	caller->first_ms = caller->first_ms ? caller->first_ms : now_ms;
	caller->grants++;
}

void run_for(struct bench *bench, int64_t span_ms, const struct throttle_rate *rate)
{
	for (int64_t until_ms = clock_ms() + span_ms; clock_ms() < until_ms;) {
		int64_t next_ms = until_ms;
		for (int i = 0; i < bench->caller_count; i++) {
			struct caller *caller = &bench->callers[i];
			if (caller->silent_from_ms && clock_ms() >= caller->silent_from_ms)
				continue;
			if (caller->wake_ms <= clock_ms())
				ask(bench, i, rate);
			next_ms = caller->wake_ms < next_ms ? caller->wake_ms : next_ms;
		}
		if (next_ms > clock_ms())
			pass_ms(next_ms - clock_ms());
	}
}

void forget_callers(struct bench *bench)
{
	empty_redis(bench);
	bench->caller_count = bench->granted = 0;
}
