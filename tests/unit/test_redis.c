/* Goal: whatever Redis says while a connection is made, no command runs in another database than the one of the address.
 * Method: a small server of our own gives the answers it was told, in order, and notes what it was asked. */
#include "unit.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/redis.h"
#include "loopback_listener.h"

#define HANG_UP NULL

struct small_redis {
	int listener;
	pthread_t thread;
	const char *const *answers;
	size_t count;
	char asked[256]; /* the commands' names, each behind a space; "+" where a connection began */
};

static void note(struct small_redis *server, const char *name)
{
	size_t used = strlen(server->asked);
	snprintf(server->asked + used, sizeof server->asked - used, " %s", name);
}

/* false: the client hung up. A command of these tests is one line of each: how many words, a length, a word ... */
static bool read_command(int fd, char *name, size_t size)
{
	char text[512];
	ssize_t got = recv(fd, text, sizeof text - 1, 0);
	if (got <= 0)
		return false;
	text[got] = '\0';
	const char *word = strchr(text, '$'), *from = word ? strchr(word, '\n') : NULL;
	return from && span_copy((struct span){from + 1, strcspn(from + 1, "\r")}, name, size);
}

static void *serve(void *context)
{
	struct small_redis *server = context;
	char name[32];
	int fd = -1;
	for (size_t i = 0; i < server->count;) {
		if (fd < 0) {
			fd = accept(server->listener, NULL, NULL);
			if (fd < 0)
				return NULL;
			note(server, "+");
		}
		const char *answer = HANG_UP;
		if (read_command(fd, name, sizeof name)) {
			note(server, name);
			answer = server->answers[i++];
		}
		if (answer && send(fd, answer, strlen(answer), MSG_NOSIGNAL) >= 0)
			continue;
		close(fd);
		fd = -1;
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* Gives the answers; url must hold 64 bytes. */
static void begin(struct small_redis *server, const char *const *answers, size_t count, char *url, const char *password)
{
	int port;
	*server = (struct small_redis){.answers = answers, .count = count, .listener = loopback_listener(&port)};
	snprintf(url, 64, "redis://%s127.0.0.1:%d/3", password, port);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void end(struct small_redis *server)
{
	pthread_join(server->thread, NULL);
	close(server->listener);
}

/* The connection breaks, and when it is made again, Redis refuses a step of that: another command is asked for once more. */
static void make_again(const char *const *answers, size_t count, const char *password, const char *want)
{
	struct small_redis server;
	struct redis *redis;
	struct err err;
	char url[64];
	begin(&server, answers, count, url, password);
	assert_int_equal(redis_open(url, &redis, &err), 0);
	REDIS_REPLY *lost = NULL, *refused = NULL, *reply = NULL;
	assert_int_equal(redis_command(redis, &lost, &err, "GET key"), -1);
	assert_int_equal(redis_command(redis, &refused, &err, "GET key"), -1);
	assert_non_null(strstr(err.text, "refused here"));
	assert_int_equal(redis_command(redis, &reply, &err, "GET key"), 0);
	redis_close(&redis);
	end(&server);
	assert_string_equal(server.asked, want);
}

static void a_database_that_was_refused_is_selected_before_the_next_command(void **state)
{
	static const char *const answers[] = {
		"+OK\r\n", HANG_UP, "-BUSY a script runs, refused here\r\n", "+OK\r\n", "$-1\r\n",
	};
	(void)state;
	make_again(answers, COUNT_OF(answers), "", " + SELECT GET + SELECT + SELECT GET");
}

static void a_password_that_was_refused_is_given_before_the_next_command(void **state)
{
	static const char *const answers[] = {
		"+OK\r\n", "+OK\r\n", HANG_UP, "-LOADING refused here\r\n", "+OK\r\n", "+OK\r\n", "$-1\r\n",
	};
	(void)state;
	make_again(answers, COUNT_OF(answers), ":secret@", " + AUTH SELECT GET + AUTH + AUTH SELECT GET");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_database_that_was_refused_is_selected_before_the_next_command),
		cmocka_unit_test(a_password_that_was_refused_is_given_before_the_next_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
