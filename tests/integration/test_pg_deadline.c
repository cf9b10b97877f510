/* Goal: a Postgres that keeps its connection and answers no more is noticed, wherever in a question it falls silent, and the next
 * question gets a new connection. Method: a relay in front of the real one, which can hold back all bytes for good. */
#include "pg_support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/stop.h"

enum { DEADLINE_MS = 500, PATIENCE_MS = 20000, BYTES = 65536 };

/* One connection at a time; a silent one is left to its end when the next one comes. */
static struct {
	int listener, port, target_port;
	atomic_bool silent;
	atomic_int connections;
	pthread_t thread;
} relay;

static int connect_target(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_port = htons((uint16_t)relay.target_port),
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return connect(fd, (struct sockaddr *)&address, sizeof address) ? -1 : fd;
}

/* false: one side has ended. */
static bool pass(int from, int to)
{
	static char bytes[BYTES];
	ssize_t len = read(from, bytes, sizeof bytes);
	for (ssize_t sent = 0, more; sent < len; sent += more) {
		more = send(to, bytes + sent, (size_t)(len - sent), MSG_NOSIGNAL);
		if (more <= 0)
			return false;
	}
	return len > 0;
}

static void *run_relay(void *context)
{
	int client = -1, server = -1;
	(void)context;
	for (;;) {
		bool silent = relay.silent;
		/* A silent relay reads nothing either: large questions fill the sockets' buffers. */
		struct pollfd fds[] = {{.fd = relay.listener, .events = POLLIN},
		                       {.fd = silent ? -1 : client, .events = POLLIN},
		                       {.fd = silent ? -1 : server, .events = POLLIN}};
		if (poll(fds, 3, 20) <= 0)
			continue;
		if (fds[0].revents) {
			close(client);
			close(server);
			client = accept(relay.listener, NULL, NULL);
			if (client < 0)
				return NULL;
			server = connect_target();
			relay.connections++;
		} else if ((fds[1].revents && !pass(client, server)) || (fds[2].revents && !pass(server, client))) {
			close(client);
			close(server);
			client = server = -1;
		}
	}
}

static int begin(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	struct err err;
	(void)state;
	must(stop_open(&err), &err); /* before there is a thread that could get the signal */
	relay.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(relay.listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(relay.listener, 8), 0);
	assert_int_equal(getsockname(relay.listener, (struct sockaddr *)&address, &len), 0);
	relay.port = ntohs(address.sin_port);
	return pthread_create(&relay.thread, NULL, run_relay, NULL);
}

/* The environment's database, over the relay. */
static struct pg *connect_by_relay(void)
{
	char text[2000] = "";
	size_t used = 0;
	struct pg *pg;
	struct err err;
	if (!getenv("SYNCLINE_TEST_POSTGRES"))
		fail_msg("set SYNCLINE_TEST_POSTGRES to the connection string of a database");
	PQconninfoOption *options = PQconninfoParse(getenv("SYNCLINE_TEST_POSTGRES"), NULL);
	assert_non_null(options);
	for (const PQconninfoOption *option = options; option->keyword; option++) {
		if (!option->val)
			continue;
		if (strcmp(option->keyword, "port") == 0)
			relay.target_port = (int)strtol(option->val, NULL, 10);
		else if (strcmp(option->keyword, "host") != 0)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s='%s' ", option->keyword, option->val);
	}
	snprintf(text + used, sizeof text - used, "host=127.0.0.1 port=%d sslmode=disable", relay.port);
	PQconninfoFree(options);
	must(pg_open(text, "syncline-test", &pg, &err), &err);
	return pg;
}

/* Fails within the patience, with an error that says what happened; afterwards the handle works. */
static void gives_up(struct pg *pg, int (*ask)(struct pg *pg, struct err *err))
{
	struct err err = {0};
	PG_RESULT *answer = NULL;
	int before = relay.connections;
	int64_t began_ms = clock_ms();
	relay.silent = true;
	assert_int_equal(ask(pg, &err), -1);
	relay.silent = false;
	assert_in_range(clock_ms() - began_ms, DEADLINE_MS, PATIENCE_MS);
	assert_int_equal(err.class, ERR_RETRY);
	assert_string_equal(err.text, "Postgres: no answer within 500 ms; the connection is given up");
	must(pg_query(pg, "SELECT 7 AS seven", 0, NULL, &answer, &err), &err);
	assert_int_equal(pg_int(answer, 0, "seven"), 7);
	assert_int_equal(relay.connections, before + 1);
}

static int ask_plainly(struct pg *pg, struct err *err)
{
	return pg_exec(pg, "SELECT 1", err);
}

static int ask_with_values(struct pg *pg, struct err *err)
{
	const char *values[] = {"1"};
	return pg_run(pg, "SELECT $1::int", 1, values, NULL, err);
}

/* More than the sockets between take. */
static int ask_at_length(struct pg *pg, struct err *err)
{
	enum { LENGTH = 64 * 1024 * 1024 };
	char *text = malloc(LENGTH);
	assert_non_null(text);
	memset(text, 'x', LENGTH - 1);
	text[LENGTH - 1] = '\0';
	const char *values[] = {text};
	int result = pg_run(pg, "SELECT length($1::text)", 1, values, NULL, err);
	free(text);
	return result;
}

static void silence_ends_a_question_and_the_next_one_has_a_new_connection(void **state)
{
	struct pg *pg = connect_by_relay();
	(void)state;
	pg_limit(pg, DEADLINE_MS);
	gives_up(pg, ask_plainly);
	gives_up(pg, ask_with_values);
	gives_up(pg, ask_at_length);
	pg_close(&pg);
}

static struct span copy_data;

static int copy_it(struct pg *pg, struct err *err)
{
	return pg_copy(pg, "COPY pg_temp.words FROM STDIN", copy_data, err);
}

static void silence_ends_a_copy_too(void **state)
{
	enum { LENGTH = 64 * 1024 * 1024 };
	struct pg *pg = connect_by_relay();
	struct err err;
	char *data = malloc(LENGTH);
	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < LENGTH; i++)
		data[i] = i % 1024 == 1023 ? '\n' : 'x';
	copy_data = (struct span){data, LENGTH};
	must(pg_exec(pg, "CREATE TEMP TABLE words (word text)", &err), &err);
	must(copy_it(pg, &err), &err);
	pg_limit(pg, DEADLINE_MS);
	gives_up(pg, copy_it);
	free(data);
	pg_close(&pg);
}

static void an_answer_that_takes_its_time_is_waited_for_without_a_limit_and_within_it(void **state)
{
	struct pg *pg = connect_by_relay();
	struct err err;
	(void)state;
	must(pg_exec(pg, "SELECT pg_sleep(0.7)", &err), &err);
	pg_limit(pg, PATIENCE_MS);
	must(pg_exec(pg, "SELECT pg_sleep(0.7)", &err), &err);
	pg_close(&pg);
}

static int expect_stop(struct pg *pg, const char *text)
{
	struct err err = {0};
	relay.silent = true;
	int64_t began_ms = clock_ms();
	assert_int_equal(pg_exec(pg, "SELECT 1", &err), -1);
	relay.silent = false;
	assert_int_equal(err.class, ERR_RETRY);
	assert_string_equal(err.text, text);
	return (int)(clock_ms() - began_ms);
}

/* The last test, for nobody takes a request to stop back. */
static void who_must_stop_waits_only_while_it_may_drain(void **state)
{
	enum { DRAIN_MS = 3000 };
	struct pg *pg = connect_by_relay();
	struct err err;
	(void)state;
	pg_limit(pg, DEADLINE_MS);
	pg_heed_stop(pg, DRAIN_MS);
	expect_stop(pg, "Postgres: no answer within 500 ms; the connection is given up");
	pg_limit(pg, PATIENCE_MS);
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	must(pg_exec(pg, "SELECT pg_sleep(1.2)", &err), &err);
	assert_in_range(expect_stop(pg, "Postgres: no answer, and it is time to stop; the connection is given up"), 0,
	                PATIENCE_MS / 2);
	assert_int_equal(pg_exec(pg, "SELECT 1", &err), -1);
	assert_string_equal(err.text, "Postgres: not connected, and it is time to stop");
	pg_close(&pg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_ends_a_question_and_the_next_one_has_a_new_connection),
		cmocka_unit_test(silence_ends_a_copy_too),
		cmocka_unit_test(an_answer_that_takes_its_time_is_waited_for_without_a_limit_and_within_it),
		cmocka_unit_test(who_must_stop_waits_only_while_it_may_drain),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
