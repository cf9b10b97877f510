/* Goal: the three addresses answer as their readers (Kubernetes, Prometheus) expect, in every state of the worker, and
 * strange requests change nothing. Method: a real listener on a free port, asked with plain sockets. */
#include "unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/health.h"
#include "common/stats.h"

/* In front of ours (see CMakeLists.txt): later by so much. */
int64_t __real_clock_ms(void);
int64_t __wrap_clock_ms(void);
static _Atomic int64_t later_ms;

int64_t __wrap_clock_ms(void)
{
	return __real_clock_ms() + later_ms;
}

static struct health *health;
static struct settings settings = {.health_address = "127.0.0.1"};

static int listen_somewhere(int64_t *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static int open_health(void **state)
{
	struct err err;
	(void)state;
	for (int tries = 0; tries < 20 && !health; tries++) { /* another program may take the port in between */
		close(listen_somewhere(&settings.health_port));
		if (health_open(&settings, FOR_WRITER, &health, &err))
			health = NULL;
	}
	return health ? 0 : -1;
}

static int close_health(void **state)
{
	(void)state;
	health_close(&health);
	return health ? -1 : 0;
}

static char answer[128 * 1024];

/* The whole answer as text; "" when the listener hung up without one. */
static const char *ask(const char *request)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_port = htons((uint16_t)settings.health_port),
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 5};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t used = 0;
	ssize_t got;
	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	while ((got = recv(fd, answer + used, sizeof answer - 1 - used, 0)) > 0)
		used += (size_t)got;
	close(fd);
	answer[used] = '\0';
	return answer;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

static void assert_answer(const char *request, const char *status, const char *body)
{
	char line[64];
	const char *got = ask(request), *begin = strstr(got, "\r\n\r\n");
	snprintf(line, sizeof line, "HTTP/1.1 %s ", status);
	if (strncmp(got, line, strlen(line)) != 0 || !begin || strcmp(begin + 4, body) != 0)
		fail_msg("expected %s with '%s', got: %s", status, body, got);
}

static void a_worker_is_not_ready_until_it_says_so(void **state)
{
	char text[HEALTH_OBSTACLE];
	(void)state;
	assert_answer(GET("/readyz"), "503", "not ready: starting\n"); /* the first test: nothing was said yet */
	assert_int_equal(health_blocked_ms(text), 0);
	health_obstacle("Kafka is away");
	assert_in_range(health_blocked_ms(text), 0, 5000); /* not since the machine was started */
	health_obstacle(NULL);
	assert_answer(GET("/readyz"), "200", "ready\n");
	health_obstacle("Postgres is away: 100% sure, %s");
	assert_answer(GET("/readyz"), "503", "not ready: Postgres is away: 100% sure, %s\n");
	health_obstacle(NULL);
	assert_answer(GET("/readyz"), "200", "ready\n");
}

static void how_long_something_is_in_the_way_is_known(void **state)
{
	char text[HEALTH_OBSTACLE];
	(void)state;
	health_obstacle("Redis is away");
	poll(NULL, 0, 30);
	health_obstacle("Redis is away"); /* still */
	int64_t blocked_ms = health_blocked_ms(text);
	assert_string_equal(text, "Redis is away");
	assert_true(blocked_ms >= 30);
	health_obstacle("Kafka is away"); /* one thing or the other: work rests all the time */
	assert_true(health_blocked_ms(text) >= blocked_ms);
	assert_string_equal(text, "Kafka is away");
	health_obstacle(NULL);
	assert_int_equal(health_blocked_ms(text), 0);
	assert_string_equal(text, "");
}

static void a_long_obstacle_is_cut(void **state)
{
	char text[2000], cut[HEALTH_OBSTACLE];
	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	health_obstacle(text);
	poll(NULL, 0, 5);
	health_obstacle(text);
	assert_true(health_blocked_ms(cut) >= 5);
	const char *got = ask(GET("/readyz"));
	assert_int_equal(strncmp(got, "HTTP/1.1 503 ", 13), 0);
	assert_non_null(strstr(got, "not ready: xxx"));
	assert_true(strlen(strstr(got, "not ready: ")) < 300);
	health_obstacle(NULL);
}

static void a_worker_that_turns_is_healthy_ready_or_not(void **state)
{
	(void)state;
	health_beat();
	health_obstacle("Kafka is away");
	assert_answer(GET("/healthz"), "200", "ok\n");
	health_obstacle(NULL);
	assert_answer(GET("/healthz"), "200", "ok\n");
}

static void a_worker_that_has_not_turned_for_a_minute_is_stuck_until_it_turns(void **state)
{
	(void)state;
	health_obstacle(NULL);
	health_beat();
	later_ms += 59 * 1000;
	assert_answer(GET("/healthz"), "200", "ok\n");
	later_ms += 2 * 1000;
	const char *got = ask(GET("/healthz"));
	assert_int_equal(strncmp(got, "HTTP/1.1 503 ", 13), 0);
	assert_non_null(strstr(got, "stuck: no turn for 61"));
	assert_answer(GET("/readyz"), "200", "ready\n"); /* another question */
	health_beat();
	assert_answer(GET("/healthz"), "200", "ok\n");
}

static void the_figures_are_those_of_the_program(void **state)
{
	(void)state;
	stats_set(STAT_batches_total, 12);
	const char *got = ask(GET("/metrics"));
	assert_int_equal(strncmp(got, "HTTP/1.1 200 ", 13), 0);
	assert_non_null(strstr(got, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
	assert_non_null(strstr(got, "\nsyncline_batches_total 12\n"));
	assert_null(strstr(got, "syncline_requests_total")); /* the fetcher's */
	assert_non_null(strstr(got, "\nprocess_open_fds "));
}

static void another_address_tells_which_there_are(void **state)
{
	static const char *const others[] = {GET("/"), GET("/metrics/"), GET("/healthz/../metrics"), GET("/HEALTHZ")};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(others); i++)
		assert_answer(others[i], "404", "there is /healthz, /readyz and /metrics\n");
	assert_answer(GET("/healthz?verbose=1"), "200", "ok\n");
}

static void strange_requests_change_nothing(void **state)
{
	static const char *const strange[] = {
		"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
		"DELETE /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"\x16\x03\x01\x02 no HTTP at all\r\n\r\n",
		"GET\r\n\r\n",
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(strange); i++)
		assert_null(strstr(ask(strange[i]), "HTTP/1.1 200"));
	assert_answer(GET("/healthz"), "200", "ok\n");
}

static void a_port_in_use_is_told_with_its_setting(void **state)
{
	struct settings other = {.health_address = "127.0.0.1"};
	struct health *second = (struct health *)&other;
	struct err err = {0};
	int fd = listen_somewhere(&other.health_port);
	(void)state;
	assert_int_equal(health_open(&other, FOR_PARSER, &second, &err), -1);
	assert_err(&err, ERR_CONFIG, "health_port");
	assert_null(second);
	close(fd);
}

static void an_address_that_is_none_is_told(void **state)
{
	struct settings other = {.health_address = "localhost", .health_port = 1};
	struct health *second = NULL;
	struct err err = {0};
	(void)state;
	assert_int_equal(health_open(&other, FOR_PARSER, &second, &err), -1);
	assert_err(&err, ERR_CONFIG, "health_address");
}

static void port_0_serves_nothing(void **state)
{
	struct settings other = {.health_address = "127.0.0.1"};
	struct health *second = (struct health *)&other;
	struct err err;
	(void)state;
	assert_int_equal(health_open(&other, FOR_PARSER, &second, &err), 0);
	assert_null(second);
	health_close(&second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_worker_is_not_ready_until_it_says_so),
		cmocka_unit_test(how_long_something_is_in_the_way_is_known),
		cmocka_unit_test(a_long_obstacle_is_cut),
		cmocka_unit_test(a_worker_that_turns_is_healthy_ready_or_not),
		cmocka_unit_test(a_worker_that_has_not_turned_for_a_minute_is_stuck_until_it_turns),
		cmocka_unit_test(the_figures_are_those_of_the_program),
		cmocka_unit_test(another_address_tells_which_there_are),
		cmocka_unit_test(strange_requests_change_nothing),
		cmocka_unit_test(a_port_in_use_is_told_with_its_setting),
		cmocka_unit_test(an_address_that_is_none_is_told),
		cmocka_unit_test(port_0_serves_nothing),
	};
	return cmocka_run_group_tests(tests, open_health, close_health);
}
