/* Goal: an answer is taken as it came, up to its maximum, in its time, from its server only, and no text about it holds
 * a credential. Method: a small server of our own says what real ones and broken ones say. */
#include "fetcher_support.h"

#include "common/clock.h"
#include "common/inflate.h"
#include "common/text.h"
#include "fetcher/pack.h"
#include "fetcher/transfer.h"
#include "silent_name_server.h"

#define SECRET "canary-5ecret-4b1f"
#define QUERY "u=joe&apiKey=" SECRET

static struct small_server server;
static struct transfer_set *set;
static struct transfer *transfer;

static int open_all(void **state)
{
	struct settings settings = {.request_timeout_ms = 5000, .connect_timeout_ms = 5000};
	struct err err;
	(void)state;
	small_server_open(&server);
	return transfer_set_open(&settings, &set, &err) || transfer_open(set, &server, &transfer, &err);
}

static int close_all(void **state)
{
	(void)state;
	transfer_close(&transfer);
	transfer_set_close(&set);
	small_server_close(&server);
	return 0;
}

static const struct answer *finish(void)
{
	const struct answer *answer = NULL;
	int64_t until_ms = clock_ms() + 10000;
	void *owner;
	while (!(owner = transfer_finished(set, &answer))) {
		assert_true(clock_ms() < until_ms);
		transfer_wait(set, NULL, 0, 100);
	}
	assert_ptr_equal(owner, &server);
	assert_null(strstr(answer->error, SECRET));
	return answer;
}

static void start(const char *url, bool form_post)
{
	struct err err;
	if (transfer_start(transfer, &(struct asking){url, QUERY, "", form_post}, &err))
		fail_msg("%s", err.text);
}

static const struct answer *ask(struct span response)
{
	small_server_begin(&server, response);
	start(server.url, false);
	const struct answer *answer = finish();
	small_server_end(&server);
	return answer;
}

static const struct answer *ask_text(const char *response)
{
	return ask(span_of(response));
}

static void a_whole_answer_is_taken_as_it_came(void **state)
{
	(void)state;
	const struct answer *answer = ask_text(
		"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nCONTENT-ENCODING:gzip\r\n"
		"x-total-count: 6000\r\nContent-Length: 8\r\n\r\n\x1f\x8b{\"a\"\xe9}");
	assert_int_equal(answer->code, CURLE_OK);
	assert_int_equal(answer->status, 200);
	assert_span(answer->body, "\x1f\x8b{\"a\"\xe9}"); /* still compressed: nothing undoes it here */
	assert_string_equal(answer->content_type, "application/json; charset=utf-8");
	assert_string_equal(answer->encoding, "gzip");
	assert_int_equal(answer->total, 6000);
	assert_string_equal(answer->retry_after, "");
	assert_false(answer->too_large);
}

static void a_content_type_that_is_no_text_becomes_one(void **state)
{
	const char *const end = "\r\nContent-Length: 2\r\n\r\n{}";
	char response[300], half[200];
	(void)state;
	snprintf(response, sizeof response, "HTTP/1.1 200 OK\r\nContent-Type: text/\xff\xe9\xc3\xa9%s", end);
	assert_string_equal(ask_text(response)->content_type, "text/??\xc3\xa9");
	/* Cut to fit, in the midst of a character. */
	size_t room = sizeof(((struct answer *)NULL)->content_type) - 1;
	assert_true(room - 1 < sizeof half);
	memset(half, 'a', room - 1);
	half[room - 1] = '\0';
	snprintf(response, sizeof response, "HTTP/1.1 200 OK\r\nContent-Type: %s\xc3\xa9%s", half, end);
	const char *type = ask_text(response)->content_type;
	assert_memory_equal(type, half, room - 1);
	assert_true(text_valid(span_of(type)));
}

static void what_is_asked_says_what_can_be_taken(void **state)
{
	(void)state;
	ask_text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(strncmp(server.request, "GET /?" QUERY " HTTP/1.1\r\n", strlen("GET /?" QUERY " HTTP/1.1\r\n")),
	                 0);
	assert_non_null(strstr(server.request, "\r\nAccept-Encoding: gzip\r\n"));
	assert_non_null(strstr(server.request, "\r\nAccept: application/json\r\n"));
	assert_non_null(strstr(server.request, "\r\nUser-Agent: syncline\r\n"));
}

static void a_form_keeps_its_parameters_out_of_the_address(void **state)
{
	(void)state;
	small_server_begin(&server, span_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
	start(server.url, true);
	assert_span(finish()->body, "{}");
	small_server_end(&server);
	assert_int_equal(strncmp(server.request, "POST / HTTP/1.1\r\n", 17), 0);
	assert_non_null(strstr(server.request, "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
	assert_string_equal(strstr(server.request, "\r\n\r\n"), "\r\n\r\n" QUERY);
	assert_null(strcasestr(server.request, "expect:"));
	ask_text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); /* and the next is none any more */
	assert_int_equal(strncmp(server.request, "GET /?", 6), 0);
}

static void the_values_of_headers_are_trimmed_and_cut(void **state)
{
	char response[2000], location[500];
	(void)state;
	memset(location, 'l', sizeof location);
	location[sizeof location - 1] = '\0';
	snprintf(response, sizeof response,
	         "HTTP/1.1 503 Busy\r\nDate:  Mon, 24 Nov 2025 16:00:00 GMT\r\nRetry-After: \t 120 \t\r\nX-Location: /other\r\n"
	         "Location: %s\r\nX-Retry-After: 7\r\nContent-Length: 0\r\n\r\n",
	         location);
	const struct answer *answer = ask_text(response);
	assert_int_equal(answer->status, 503);
	assert_string_equal(answer->retry_after, "120");
	assert_string_equal(answer->date, "Mon, 24 Nov 2025 16:00:00 GMT");
	assert_int_equal(strlen(answer->location), sizeof answer->location - 1);
	assert_int_equal(answer->body.len, 0);
}

static void a_total_that_is_no_number_is_not_told(void **state)
{
	static const struct {
		const char *name, *value;
		int64_t want;
	} rows[] = {
		{"a number", "17", 17}, {"zero", "0", 0},          {"a word", "many", -1},
		{"nothing", "", -1},    {"negative", "-5", -1},    {"digits and a letter", "12x", -1},
		{"two", "12, 12", -1},  {"a fraction", "1.5", -1}, {"beyond 64 bits", "99999999999999999999", -1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char response[200];
		snprintf(response, sizeof response, "HTTP/1.1 200 OK\r\nX-Total-Count: %s\r\nContent-Length: 0\r\n\r\n",
		         rows[i].value);
		const struct answer *answer = ask_text(response);
		assert_row(&rows[i], answer->total == rows[i].want);
	}
}

static void nothing_of_an_answer_is_left_for_the_next(void **state)
{
	(void)state;
	ask_text("HTTP/1.1 429 Slow\r\nRetry-After: 9\r\nContent-Encoding: br\r\nLocation: /x\r\nX-Total-Count: 3\r\n"
	         "Content-Type: a/b\r\nContent-Length: 4\r\n\r\nlong");
	const struct answer *answer = ask_text("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
	assert_int_equal(answer->status, 200);
	assert_span(answer->body, "x");
	assert_int_equal(answer->total, -1);
	assert_string_equal(answer->retry_after, "");
	assert_string_equal(answer->encoding, "");
	assert_string_equal(answer->location, "");
	assert_string_equal(answer->content_type, "");
}

static void a_redirect_is_told_and_not_followed(void **state)
{
	char response[200];
	int before = server.requests;
	(void)state;
	snprintf(response, sizeof response, "HTTP/1.1 302 Found\r\nLocation: %s/elsewhere\r\nContent-Length: 0\r\n\r\n",
	         server.url);
	const struct answer *answer = ask_text(response);
	assert_int_equal(answer->status, 302);
	assert_non_null(strstr(answer->location, "/elsewhere"));
	assert_int_equal(server.requests, before + 1);
}

/* fill: of the body; 0: such as does not compress. */
/* fill 0: bytes that hardly pack; 1: those that pack to three quarters. */
static void fill_with(char *to, size_t len, char fill)
{
	uint64_t seed = 3;
	memset(to, fill, len);
	for (size_t i = 0; fill < 2 && i < len; i++)
		to[i] = (char)random_below(&seed, fill ? 64 : 256);
}

static const struct answer *ask_large(size_t len, const char *header, char fill)
{
	char *response = malloc(len + 200);
	assert_non_null(response);
	size_t head = (size_t)snprintf(response, 200, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", header, len);
	fill_with(response + head, len, fill);
	const struct answer *answer = ask((struct span){response, head + len});
	free(response);
	return answer;
}

static void assert_unpacks(const struct answer *answer, size_t len)
{
	struct buf out;
	struct span plain;
	struct err err;
	assert_int_equal(answer->code, CURLE_OK);
	assert_string_equal(answer->encoding, "gzip");
	assert_true(answer->body.len <= LIMIT_BODY_BYTES);
	buf_init(&out, len);
	assert_int_equal(inflate_body(span_of("gzip"), answer->body, &out, &plain, &err), 0);
	assert_int_equal(plain.len, len);
	for (size_t i = 0; i < len; i += 997)
		assert_int_equal(plain.at[i], 'b');
	buf_done(&out);
}

static void a_plain_body_that_is_larger_than_a_message_is_packed(void **state)
{
	(void)state;
	const struct answer *answer = ask_large(LIMIT_BODY_BYTES, "", 'b');
	assert_int_equal(answer->code, CURLE_OK);
	assert_int_equal(answer->body.len, LIMIT_BODY_BYTES); /* as it came */
	assert_string_equal(answer->encoding, "");
	assert_unpacks(ask_large(LIMIT_BODY_BYTES + 1, "", 'b'), LIMIT_BODY_BYTES + 1);
	assert_unpacks(ask_large(LIMIT_BODY_BYTES + 1, "Content-Encoding: identity\r\n", 'b'), LIMIT_BODY_BYTES + 1);
	assert_unpacks(ask_large(LIMIT_UNPACKED_BYTES, "", 'b'), LIMIT_UNPACKED_BYTES);
}

static void a_larger_body_is_dropped(void **state)
{
	static const struct {
		const char *name;
		size_t len;
		const char *header;
		char fill;
	} rows[] = {
		{"plain", LIMIT_UNPACKED_BYTES + 1, "", 'b'},
		{"plain, and hardly smaller when packed", LIMIT_BODY_BYTES + 65536, "", 0},
		{"compressed by the server", LIMIT_BODY_BYTES + 1, "Content-Encoding: gzip\r\n", 'b'},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct answer *answer = ask_large(rows[i].len, rows[i].header, rows[i].fill);
		assert_row(&rows[i], answer->too_large && !answer->no_memory && answer->code != CURLE_OK);
	}
	const struct answer *answer = ask_text(
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"); /* and the transfer still works */
	assert_false(answer->too_large);
	assert_span(answer->body, "{}");
}

static bool packs(const char *text, size_t len)
{
	struct pack pack = {0};
	struct buf body;
	buf_init(&body, LIMIT_BODY_BYTES);
	pack_begin(&pack, &body);
	pack_add(&pack, (struct span){text, len}, &body);
	pack_end(&pack, &body);
	bool fits = buf_ok(&body);
	buf_done(&body);
	return fits;
}

static void a_body_whose_packed_end_finds_no_room_is_dropped(void **state)
{
	(void)state;
	size_t fits = LIMIT_BODY_BYTES, larger = 2 * LIMIT_BODY_BYTES;
	char *text = malloc(larger);
	assert_non_null(text);
	fill_with(text, larger, 1);
	while (larger - fits > 1) {
		size_t len = fits + (larger - fits) / 2;
		*(packs(text, len) ? &fits : &larger) = len;
	}
	free(text);
	assert_int_equal(ask_large(fits, "", 1)->code, CURLE_OK);
	const struct answer *answer = ask_large(larger, "", 1);
	assert_true(answer->too_large && !answer->no_memory && answer->code != CURLE_OK);
}

static void an_answer_that_is_not_whole_is_none(void **state)
{
	static const char *const responses[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"hal\r\n",
		"",
		"this is no HTTP at all\r\n\r\n",
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(responses); i++) {
		if (ask_text(responses[i])->code == CURLE_OK)
			fail_msg("taken for whole: %s", responses[i]);
	}
	/* libcurl takes half a head for an answer without a body; that is no JSON, so it is asked for again all the same. */
	assert_int_equal(ask_text("HTTP/1.1 200 OK\r\nContent-Le")->body.len, 0);
}

static void chunks_are_put_together(void **state)
{
	(void)state;
	const struct answer *answer = ask_text(
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n");
	assert_int_equal(answer->code, CURLE_OK);
	assert_span(answer->body, "{\"a\":1}");
}

/* With little patience; put_back ends it. */
static void be_impatient(struct transfer_set **old_set, struct transfer **old)
{
	struct settings settings = {.request_timeout_ms = 150, .connect_timeout_ms = 150};
	struct err err;
	*old_set = set;
	*old = transfer;
	assert_int_equal(transfer_set_open(&settings, &set, &err), 0);
	assert_int_equal(transfer_open(set, &server, &transfer, &err), 0);
}

static void put_back(struct transfer_set *old_set, struct transfer *old)
{
	transfer_close(&transfer);
	transfer_set_close(&set);
	set = old_set;
	transfer = old;
}

static void a_server_that_says_nothing_is_left_in_time(void **state)
{
	struct transfer_set *old_set;
	struct transfer *old;
	(void)state;
	be_impatient(&old_set, &old);
	server.silent = true;
	int64_t begin_ms = clock_ms();
	small_server_begin(&server, (struct span){0});
	start(server.url, false);
	const struct answer *answer = finish();
	assert_int_equal(answer->code, CURLE_OPERATION_TIMEDOUT);
	assert_false(answer->unreached);
	assert_in_range(clock_ms() - begin_ms, 140, 3000);
	put_back(old_set, old);
	small_server_end(&server);
	server.silent = false;
}

/* Until a timeout, and while it is asked. */
static void a_name_server_that_does_not_answer_holds_nothing_up(void **state)
{
	struct transfer_set *old_set;
	struct transfer *old;
	(void)state;
	be_impatient(&old_set, &old);
	int64_t begin_ms = clock_ms();
	start("http://music.example", false);
	const struct answer *answer = finish();
	assert_int_equal(answer->code, CURLE_OPERATION_TIMEDOUT);
	assert_true(answer->unreached);
	start("http://music.example", false);
	transfer_wait(set, NULL, 0, 0);
	put_back(old_set, old);
	assert_true(clock_ms() - begin_ms < NAME_SERVER_SECONDS * 1000 / 2);
	name_server_answer(); /* after all; and nobody is there any more */
}

static void nobody_there_and_no_such_protocol_are_told(void **state)
{
	struct small_server gone;
	(void)state;
	small_server_open(&gone);
	small_server_close(&gone);
	start(gone.url, false);
	assert_int_equal(finish()->code, CURLE_COULDNT_CONNECT);
	static const char *const others[] = {"file:///etc/hostname", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x"};
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		start(others[i], false);
		const struct answer *answer = finish();
		assert_int_equal(answer->code, CURLE_UNSUPPORTED_PROTOCOL);
		assert_int_equal(answer->body.len, 0);
	}
}

static void one_that_is_closed_under_way_is_never_told_of(void **state)
{
	struct transfer *second = NULL;
	const struct answer *answer;
	struct err err;
	(void)state;
	assert_int_equal(transfer_open(set, NULL, &second, &err), 0);
	server.silent = true;
	small_server_begin(&server, (struct span){0});
	assert_int_equal(transfer_start(second, &(struct asking){server.url, QUERY, "", false}, &err), 0);
	transfer_wait(set, NULL, 0, 50);
	transfer_close(&second);
	assert_null(second);
	assert_null(transfer_finished(set, &answer));
	small_server_end(&server);
	server.silent = false;
	assert_int_equal(ask_text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")->code, CURLE_OK);
}

static void waiting_ends_when_another_descriptor_has_something(void **state)
{
	int pipe_fds[2];
	(void)state;
	assert_int_equal(pipe(pipe_fds), 0);
	assert_int_equal(write(pipe_fds[1], "x", 1), 1);
	int64_t begin_ms = clock_ms();
	transfer_wait(set, pipe_fds, 1, 5000);
	assert_true(clock_ms() - begin_ms < 2000);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_answer_is_taken_as_it_came),
		cmocka_unit_test(a_content_type_that_is_no_text_becomes_one),
		cmocka_unit_test(what_is_asked_says_what_can_be_taken),
		cmocka_unit_test(a_form_keeps_its_parameters_out_of_the_address),
		cmocka_unit_test(the_values_of_headers_are_trimmed_and_cut),
		cmocka_unit_test(a_total_that_is_no_number_is_not_told),
		cmocka_unit_test(nothing_of_an_answer_is_left_for_the_next),
		cmocka_unit_test(a_redirect_is_told_and_not_followed),
		cmocka_unit_test(a_plain_body_that_is_larger_than_a_message_is_packed),
		cmocka_unit_test(a_larger_body_is_dropped),
		cmocka_unit_test(a_body_whose_packed_end_finds_no_room_is_dropped),
		cmocka_unit_test(an_answer_that_is_not_whole_is_none),
		cmocka_unit_test(chunks_are_put_together),
		cmocka_unit_test(a_server_that_says_nothing_is_left_in_time),
		cmocka_unit_test(a_name_server_that_does_not_answer_holds_nothing_up),
		cmocka_unit_test(nobody_there_and_no_such_protocol_are_told),
		cmocka_unit_test(one_that_is_closed_under_way_is_never_told_of),
		cmocka_unit_test(waiting_ends_when_another_descriptor_has_something),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
