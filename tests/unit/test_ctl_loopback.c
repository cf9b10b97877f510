/* Goal: the browser's redirect arrives, whatever else a browser does on the way, and gets a page when it is known what came
 * of it. Method: a browser made of sockets, in this very thread: the kernel keeps what is sent until it is read. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/clock.h"
#include "ctl/loopback.h"

static int port;
static struct loopback *loopback;

static struct sockaddr_in address_of(int number)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
	                            .sin_port = htons((uint16_t)number),
	                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int open_loopback(void **state)
{
	struct err err;
	struct sockaddr_in address = address_of(0);
	socklen_t len = sizeof address;
	(void)state;
	/* A port that is free now. */
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) || getsockname(fd, (struct sockaddr *)&address, &len))
		return -1;
	close(fd);
	port = ntohs(address.sin_port);
	return loopback_open(port, &loopback, &err);
}

static int close_loopback(void **state)
{
	(void)state;
	loopback_close(&loopback);
	return 0;
}

static int visit(const char *text)
{
	struct sockaddr_in address = address_of(port);
	struct timeval patience = {.tv_sec = 10};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	return fd;
}

/* Until the server hangs up. */
static const char *answer_of(int fd)
{
	static char text[16 * 1024];
	size_t used = 0;
	ssize_t got;
	while ((got = recv(fd, text + used, sizeof text - 1 - used, 0)) > 0)
		used += (size_t)got;
	text[used] = '\0';
	close(fd);
	return text;
}

static struct span wait_for_it(void)
{
	struct span query;
	struct err err;
	if (loopback_wait(loopback, clock_ms() + 10000, &query, &err))
		fail_msg("%s", err.text);
	return query;
}

static void assert_waits_in_vain(void)
{
	struct span query;
	struct err err;
	assert_int_equal(loopback_wait(loopback, clock_ms() + 50, &query, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	assert_non_null(strstr(err.text, "in time"));
}

static void a_redirect_is_taken_and_answered_with_a_page(void **state)
{
	(void)state;
	int fd = visit("GET /callback?code=abc&state=s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
	assert_true(span_is(wait_for_it(), "code=abc&state=s"));
	loopback_answer(loopback, true, "Signed in", "All is well.");
	const char *answer = answer_of(fd);
	assert_memory_equal(answer, "HTTP/1.1 200 OK\r\n", 17);
	assert_non_null(strstr(answer, "<h1>Signed in</h1><p>All is well.</p>"));
	assert_non_null(strstr(answer, "Content-Type: text/html; charset=utf-8\r\n"));
	assert_null(strstr(answer, "abc"));
	char length[64];
	snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(strstr(answer, "\r\n\r\n") + 4));
	assert_non_null(strstr(answer, length));
}

static void a_request_in_pieces_is_put_together(void **state)
{
	(void)state;
	int fd = visit("GET /callb");
	assert_waits_in_vain();
	assert_int_equal(send(fd, "ack?a=1 HTTP/1.1\r\n", 18, 0), 18);
	assert_waits_in_vain();
	assert_int_equal(send(fd, "\r\n", 2, 0), 2);
	assert_true(span_is(wait_for_it(), "a=1"));
	loopback_answer(loopback, false, "No", "No");
	assert_memory_equal(answer_of(fd), "HTTP/1.1 400 ", 13);
}

static void side_requests_are_turned_away_and_disturb_nothing(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"GET /favicon.ico HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
		"GET /callback HTTP/1.1\r\n\r\n",    "POST /callback?a=1 HTTP/1.1\r\n\r\n",
		"GET /callbacks?a HTTP/1.1\r\n\r\n", "\r\n\r\n",
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int fd = visit(rows[i]);
		assert_waits_in_vain();
		assert_memory_equal(answer_of(fd), "HTTP/1.1 404 ", 13);
	}
	int fd = visit("GET /callback?b=2 HTTP/1.1\r\n\r\n");
	assert_true(span_is(wait_for_it(), "b=2"));
	loopback_answer(loopback, true, "Yes", "Yes");
	close(fd);
}

/* Browsers open connections ahead of need. */
static void connections_that_say_nothing_keep_nobody_waiting(void **state)
{
	(void)state;
	int silent[20];
	for (size_t i = 0; i < COUNT_OF(silent); i++) {
		silent[i] = visit("");
		assert_waits_in_vain();
	}
	int fd = visit("GET /callback?c=3 HTTP/1.1\r\n\r\n");
	assert_true(span_is(wait_for_it(), "c=3"));
	loopback_answer(loopback, true, "Yes", "Yes");
	assert_memory_equal(answer_of(fd), "HTTP/1.1 200 ", 13);
	for (size_t i = 0; i < COUNT_OF(silent); i++)
		close(silent[i]);
}

static void a_head_without_end_is_hung_up_on(void **state)
{
	(void)state;
	static char flood[8 * 1024 + 1];
	memset(flood, 'x', sizeof flood - 1);
	int fd = visit(flood);
	assert_waits_in_vain();
	assert_string_equal(answer_of(fd), "");
}

static void what_a_page_says_cannot_be_markup(void **state)
{
	(void)state;
	int fd = visit("GET /callback?d=4 HTTP/1.1\r\n\r\n");
	wait_for_it();
	loopback_answer(loopback, false, "<script>", "a & \"b\" <c>");
	const char *answer = answer_of(fd);
	assert_null(strstr(answer, "<script>"));
	assert_non_null(strstr(answer, "<h1>&#60;script&#62;</h1><p>a &#38; &#34;b&#34; &#60;c&#62;</p>"));
}

static void one_sign_in_after_another_is_possible(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		int fd = visit("GET /callback?e=5 HTTP/1.1\r\n\r\n");
		assert_true(span_is(wait_for_it(), "e=5"));
		loopback_answer(loopback, false, "No", "No");
		assert_memory_equal(answer_of(fd), "HTTP/1.1 400 ", 13);
	}
}

static void a_port_that_is_taken_is_told_with_the_way_out(void **state)
{
	(void)state;
	struct loopback *second = NULL;
	struct err err;
	assert_int_equal(loopback_open(port, &second, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	assert_non_null(strstr(err.text, "--redirect-port"));
	assert_null(second);
}

static void only_this_machine_can_reach_it(void **state)
{
	(void)state;
	struct sockaddr_in address = address_of(port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1); /* 127.0.0.2: another address of the same machine */
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), -1);
	close(fd);
}

int main(void)
{
#define LOOPBACK_TEST(name) cmocka_unit_test_setup_teardown(name, open_loopback, close_loopback)
	const struct CMUnitTest tests[] = {
		LOOPBACK_TEST(a_redirect_is_taken_and_answered_with_a_page),
		LOOPBACK_TEST(a_request_in_pieces_is_put_together),
		LOOPBACK_TEST(side_requests_are_turned_away_and_disturb_nothing),
		LOOPBACK_TEST(connections_that_say_nothing_keep_nobody_waiting),
		LOOPBACK_TEST(a_head_without_end_is_hung_up_on),
		LOOPBACK_TEST(what_a_page_says_cannot_be_markup),
		LOOPBACK_TEST(one_sign_in_after_another_is_possible),
		LOOPBACK_TEST(a_port_that_is_taken_is_told_with_the_way_out),
		LOOPBACK_TEST(only_this_machine_can_reach_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
