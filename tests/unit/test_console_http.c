/* Goal: what a request carries is decoded exactly or refused, and the listener survives whoever speaks to it. Method: rows for
 * decoding; plain sockets against a listener whose answer is a function of the test. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/attributes.h"
#include "console/http.h"
#include "console/limits.h"
#include "unit.h"

static void escapes_are_decoded_or_refused(void **state)
{
	static const struct {
		const char *text, *path, *query; /* NULL: refused */
	} rows[] = {
		{"", "", ""},           {"a+b", "a+b", "a b"},      {"a%20b", "a b", "a b"},
		{"%2F%2f", "//", "//"}, {"100%25", "100%", "100%"}, {"bj%C3%B6rk", "björk", "björk"},
		{"%", NULL, NULL},      {"%4", NULL, NULL},         {"%4g", NULL, NULL},
		{"a%00b", NULL, NULL},  {"%ff", NULL, NULL},        {"%C3", NULL, NULL},
	};
	struct arena arena;
	(void)state;
	arena_init(&arena, 4096);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *path = http_decode(&arena, span_of(rows[i].text), false);
		const char *query = http_decode(&arena, span_of(rows[i].text), true);
		assert_int_equal(path != NULL, rows[i].path != NULL);
		assert_int_equal(query != NULL, rows[i].query != NULL);
		if (path && query) {
			assert_string_equal(path, rows[i].path);
			assert_string_equal(query, rows[i].query);
		}
	}
	arena_done(&arena);
}

static void parameters_keep_their_order_and_the_first_of_a_name_counts(void **state)
{
	struct arena arena;
	struct http_pairs pairs = {.count = 0};
	(void)state;
	arena_init(&arena, 64 * 1024);
	assert_true(http_read_pairs(&arena, span_of("a=1&&b=%26%3D&a=2&c&d="), &pairs));
	assert_int_equal(pairs.count, 5);
	assert_string_equal(http_value(&pairs, "a"), "1");
	assert_string_equal(http_value(&pairs, "b"), "&=");
	assert_string_equal(http_value(&pairs, "c"), "");
	assert_string_equal(http_value(&pairs, "none"), "");
	arena_done(&arena);
}

static void more_parameters_than_there_is_room_for_are_refused(void **state)
{
	struct arena arena;
	struct buf text;
	struct http_pairs pairs = {.count = 0};
	(void)state;
	arena_init(&arena, 64 * 1024);
	buf_init(&text, 4096);
	for (int i = 0; i <= LIMIT_CONSOLE_PARAMETERS; i++)
		buf_printf(&text, "p%d=1&", i);
	assert_false(http_read_pairs(&arena, buf_span(&text), &pairs));
	buf_done(&text);
	arena_done(&arena);
}

static void what_is_encoded_comes_back(void **state)
{
	struct arena arena;
	struct buf text;
	const char *id = "/müsic/a b?c=d&e+f%\"<>#.m3u";
	(void)state;
	arena_init(&arena, 4096);
	buf_init(&text, 4096);
	http_encode(&text, id);
	assert_null(strpbrk(buf_text(&text), "/?&#\"<> "));
	assert_string_equal(http_decode(&arena, buf_span(&text), false), id);
	buf_done(&text);
	arena_done(&arena);
}

/* ---- a listener ---- */

static struct http *http;
static atomic_int port; /* of the newest */

static void echo(void *context, struct http_request *request, struct http_response *response)
{
	(void)context;
	if (request->fault.status) {
		response->status = request->fault.status;
		buf_printf(&response->body, "%s: %s", request->path, request->fault.text);
		return;
	}
	buf_printf(&response->body, "%s %s q=%s f=%s body=%zu", request->method, request->path,
	           http_value(&request->query, "q"), http_value(&request->form, "f"), request->body.len);
}

static int open_with(http_answer *answer, int threads)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	struct err err;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) || getsockname(fd, (struct sockaddr *)&address, &len))
		return -1;
	close(fd);
	port = ntohs(address.sin_port);
	const struct http_settings settings = {"127.0.0.1", port, threads};
	return http_open(&settings, answer, NULL, &http, &err);
}

static int open_listener(void **state)
{
	(void)state;
	return open_with(echo, 2);
}

static int close_listener(void **state)
{
	(void)state;
	http_close(&http);
	return 0;
}

static int dial(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_port = htons((uint16_t)port),
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 10};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

/* Sends, reads until the other side closes or enough is there. */
static void ask(const char *request, char *answer, size_t size)
{
	int fd = dial();
	size_t used = 0;
	ssize_t got;
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	while (used + 1 < size && (got = recv(fd, answer + used, size - 1 - used, 0)) > 0)
		used += (size_t)got;
	answer[used] = '\0';
	close(fd);
}

static void a_request_is_handed_over_whole(void **state)
{
	char answer[4096];
	(void)state;
	ask("POST /a%2Fb?q=1%2B1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	    "Content-Length: 5\r\n\r\nf=a+b",
	    answer, sizeof answer);
	assert_non_null(strstr(answer, "200 OK"));
	assert_non_null(strstr(answer, "POST /a%2Fb q=1+1 f=a b body=5"));
}

static void every_answer_tells_browsers_what_they_must_not_do(void **state)
{
	static const char *const wanted[] = {"X-Content-Type-Options: nosniff", "X-Frame-Options: DENY",
	                                     "Content-Security-Policy: default-src 'none'; script-src 'self'",
	                                     "Cache-Control: private, no-cache", "Referrer-Policy: same-origin"};
	char answer[4096];
	(void)state;
	ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", answer, sizeof answer);
	for (size_t i = 0; i < COUNT_OF(wanted); i++)
		assert_non_null(strstr(answer, wanted[i]));
	assert_null(strstr(answer, "unsafe-inline"));
}

static void a_text_that_is_known_is_not_sent_again(void **state)
{
	char answer[4096], request[512], tag[40];
	(void)state;
	ask("GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", answer, sizeof answer);
	const char *at = strstr(answer, "ETag: ");
	assert_non_null(at);
	snprintf(tag, sizeof tag, "%.18s", at + 6);
	snprintf(request, sizeof request, "GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: %s\r\n\r\n",
	         tag);
	ask(request, answer, sizeof answer);
	assert_non_null(strstr(answer, "304 "));
	assert_null(strstr(answer, "q="));
}

static void broken_and_oversized_requests_are_refused_with_a_reason(void **state)
{
	static const struct {
		const char *head, *want, *reason; /* reason: what the answer is made of; "" the listener answers by itself */
		size_t padding;
	} rows[] = {
		{"GET /a?q=%%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "400 ", "/a: The parameters cannot be read",
	     0},
		{"POST /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n", "413 ",
	     "/b: The body is larger", 0},
		{"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: ", "431 ", "", 60000},
	};
	char answer[8192];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t head = strlen(rows[i].head);
		char *request = malloc(head + rows[i].padding + 1);
		memcpy(request, rows[i].head, head);
		memset(request + head, 'a', rows[i].padding);
		request[head + rows[i].padding] = '\0';
		ask(request, answer, sizeof answer);
		if (!strstr(answer, rows[i].want) || !strstr(answer, rows[i].reason))
			fail_msg("row %zu: %.200s", i, answer);
		free(request);
	}
}

static void a_hundred_half_sent_requests_hold_nobody_up(void **state)
{
	int half[100];
	char answer[4096];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(half); i++) {
		half[i] = dial();
		assert_int_equal(send(half[i], "GET / HTT", 9, MSG_NOSIGNAL), 9);
	}
	ask("GET /still HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", answer, sizeof answer);
	assert_non_null(strstr(answer, "GET /still"));
	for (size_t i = 0; i < COUNT_OF(half); i++)
		close(half[i]);
}

static void a_port_that_is_taken_is_a_setting_to_mend(void **state)
{
	const struct http_settings settings = {"127.0.0.1", port, 1};
	struct http *second = NULL;
	struct err err;
	(void)state;
	assert_int_equal(http_open(&settings, echo, NULL, &second, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	assert_non_null(strstr(err.text, "console_port"));
}

/* ---- its end ---- */

static atomic_bool crowding;
static atomic_int answered;

static void count(void *context, struct http_request *request, struct http_response *response)
{
	echo(context, request, response);
	answered++;
}

/* One of many who come again and again, whether there is a listener or not. */
static void *visit(void *context)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	struct timeval patience = {.tv_usec = 200 * 1000};
	char answer[4096];
	(void)context;
	while (crowding) {
		struct sockaddr_in address = {.sin_family = AF_INET,
		                              .sin_port = htons((uint16_t)port),
		                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		bool good = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
		for (int i = 0; good && i < 20; i++)
			good = send(fd, request, sizeof request - 1, MSG_NOSIGNAL) > 0 && recv(fd, answer, sizeof answer, 0) > 0;
		close(fd);
	}
	return NULL;
}

/* Each round ends at another moment. One in which libmicrohttpd ended the process, when it was told to take no new connections
 * before, came once in some 700. */
static void it_ends_in_order_however_many_come_at_that_moment(void **state)
{
	enum { ROUNDS = 100, VISITORS = 6, ANSWERS = 300 };
	pthread_t visitors[VISITORS];
	(void)state;
	crowding = true;
	for (int i = 0; i < VISITORS; i++)
		assert_int_equal(pthread_create(&visitors[i], NULL, visit, NULL), 0);
	for (int round = 0; round < ROUNDS; round++) {
		answered = 0;
		assert_int_equal(open_with(count, 4), 0);
		while (answered < ANSWERS)
			usleep(200);
		http_close(&http);
	}
	crowding = false;
	for (int i = 0; i < VISITORS; i++)
		pthread_join(visitors[i], NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_are_decoded_or_refused),
		cmocka_unit_test(parameters_keep_their_order_and_the_first_of_a_name_counts),
		cmocka_unit_test(more_parameters_than_there_is_room_for_are_refused),
		cmocka_unit_test(what_is_encoded_comes_back),
		cmocka_unit_test_setup_teardown(a_request_is_handed_over_whole, open_listener, close_listener),
		cmocka_unit_test_setup_teardown(every_answer_tells_browsers_what_they_must_not_do, open_listener,
	                                    close_listener),
		cmocka_unit_test_setup_teardown(a_text_that_is_known_is_not_sent_again, open_listener, close_listener),
		cmocka_unit_test_setup_teardown(broken_and_oversized_requests_are_refused_with_a_reason, open_listener,
	                                    close_listener),
		cmocka_unit_test_setup_teardown(a_hundred_half_sent_requests_hold_nobody_up, open_listener, close_listener),
		cmocka_unit_test_setup_teardown(a_port_that_is_taken_is_a_setting_to_mend, open_listener, close_listener),
		cmocka_unit_test(it_ends_in_order_however_many_come_at_that_moment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
