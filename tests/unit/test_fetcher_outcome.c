/* Goal: every answer a server can give has the one meaning that leads to the right next step, and its cause is a text
 * that can be sent on. Method: tables of statuses, bodies and Retry-After values; the sums that a table cannot show are
 * asked one by one. */
#include "unit.h"

#include <libdeflate.h>

#include "common/text.h"
#include "fetcher/outcome.h"

enum { DAY_S = 24 * 3600 };

static const struct provider *provider;

static int find_provider(void **state)
{
	(void)state;
	provider = provider_find("opensubsonic");
	return provider ? 0 : -1;
}

static bool judge_of(const struct request *request, const struct answer *answer, struct verdict *verdict)
{
	struct buf scratch;
	yyjson_doc *doc = (yyjson_doc *)verdict;
	const struct session session = {.provider = provider};
	buf_init(&scratch, LIMIT_UNPACKED_BYTES);
	memset(verdict, 0x55, sizeof *verdict);
	outcome_judge(&session, request, answer, &scratch, verdict, &doc);
	bool has_doc = doc != NULL;
	yyjson_doc_free(doc);
	assert_true(scratch.cap < 2 * 1024 * 1024); /* what a large one took is given back */
	buf_done(&scratch);
	return has_doc;
}

static bool judge(const struct answer *answer, struct verdict *verdict)
{
	return judge_of(provider->hello, answer, verdict);
}

#define OK "{\"subsonic-response\":{\"status\":\"ok\",\"version\":\"1.16.1\"}}"
#define FAILED(code, message) \
	"{\"subsonic-response\":{\"status\":\"failed\",\"error\":{\"code\":" code ",\"message\":\"" message "\"}}}"
#define LOGIN "<html><title>Sign in</title></html>"

static const struct row {
	const char *name;
	long status;
	const char *body;
	enum outcome want;
	const char *cause; /* words of it */
} rows[] = {
	{"an answer", 200, OK, OUTCOME_OK, ""},
	{"an answer under another status", 500, OK, OUTCOME_OK, ""},
	{"an answer under 404", 404, OK, OUTCOME_OK, ""},

	{"a login page", 200, LOGIN, OUTCOME_RETRY, "it begins: <html>"},
	{"nothing", 200, "", OUTCOME_RETRY, "the body is empty"},
	{"no content", 204, "", OUTCOME_RETRY, "HTTP 204"},
	{"half an answer", 200, "{\"subsonic-response\":{\"status\":\"ok\"", OUTCOME_RETRY, "not valid JSON"},
	{"JSON of something else", 200, "{\"error\":\"no\"}", OUTCOME_RETRY, "JSON without its envelope"},
	{"an unknown status of the envelope", 200, "{\"subsonic-response\":{\"status\":\"maybe\"}}", OUTCOME_RETRY,
     "without its envelope"},
	{"an array", 200, "[]", OUTCOME_RETRY, "without its envelope"},
	{"a text for the envelope", 200, "{\"subsonic-response\":\"ok\"}", OUTCOME_RETRY, "without its envelope"},
	{"a body that is nested too deep", 200, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
     OUTCOME_RETRY, "nested deeper"},

	{"bad request", 400, LOGIN, OUTCOME_RETRY, "HTTP 400"},
	{"unauthorized", 401, LOGIN, OUTCOME_NEEDS_AUTH, "the credentials were refused (HTTP 401)"},
	{"forbidden", 403, LOGIN, OUTCOME_FORBIDDEN, "HTTP 403"},
	{"not found", 404, LOGIN, OUTCOME_UNSUPPORTED, "HTTP 404"},
	{"request timeout", 408, "", OUTCOME_RETRY, "HTTP 408"},
	{"gone", 410, "", OUTCOME_UNSUPPORTED, "HTTP 410"},
	{"too large", 413, "", OUTCOME_SMALLER_PAGE, "HTTP 413"},
	{"throttled", 429, "", OUTCOME_THROTTLED, "HTTP 429"},
	{"throttled with a page", 429, LOGIN, OUTCOME_THROTTLED, "HTTP 429"},
	{"server error", 500, "", OUTCOME_RETRY, "the server failed (HTTP 500)"},
	{"not implemented", 501, "", OUTCOME_UNSUPPORTED, "HTTP 501"},
	{"bad gateway", 502, LOGIN, OUTCOME_RETRY, "HTTP 502"},
	{"unavailable", 503, "", OUTCOME_RETRY, "HTTP 503"},
	{"gateway timeout", 504, "", OUTCOME_RETRY, "HTTP 504"},
	{"a status of a proxy's own", 599, "", OUTCOME_RETRY, "HTTP 599"},
	{"a redirect", 302, "", OUTCOME_OPERATOR, "the server sends us elsewhere (HTTP 302)"},
	{"not modified", 304, "", OUTCOME_OPERATOR, "HTTP 304"},

	{"a generic failure", 200, FAILED("0", "database is locked"), OUTCOME_RETRY, "database is locked (code 0)"},
	{"a failure without a code", 200, "{\"subsonic-response\":{\"status\":\"failed\"}}", OUTCOME_RETRY,
     "no reason (code 0)"},
	{"a code in a text", 200, FAILED("\"40\"", "wrong"), OUTCOME_NEEDS_AUTH, "wrong (code 40)"},
	{"an unknown code", 200, FAILED("999", "odd"), OUTCOME_RETRY, "odd (code 999)"},
	{"a parameter is missing (supysonic, of tokens)", 200, FAILED("10", "p"), OUTCOME_SIGN_OTHERWISE, "code 10"},
	{"the client is too old", 200, FAILED("20", "x"), OUTCOME_OPERATOR, "code 20"},
	{"the server is too old", 200, FAILED("30", "x"), OUTCOME_OPERATOR, "code 30"},
	{"wrong password", 200, FAILED("40", "Wrong username or password"), OUTCOME_NEEDS_AUTH, "code 40"},
	{"wrong password under 401", 401, FAILED("40", "x"), OUTCOME_NEEDS_AUTH, "code 40"},
	{"no tokens", 200, FAILED("41", "x"), OUTCOME_SIGN_OTHERWISE, "code 41"},
	{"not this way", 200, FAILED("42", "x"), OUTCOME_SIGN_OTHERWISE, "code 42"},
	{"two ways at once", 200, FAILED("43", "x"), OUTCOME_OPERATOR, "code 43"},
	{"a bad key", 200, FAILED("44", "x"), OUTCOME_NEEDS_AUTH, "code 44"},
	{"not allowed", 200, FAILED("50", "x"), OUTCOME_FORBIDDEN, "code 50"},
	{"the trial is over", 200, FAILED("60", "x"), OUTCOME_OPERATOR, "code 60"},
	{"not there", 200, FAILED("70", "Album not found"), OUTCOME_MISSING, "Album not found (code 70)"},
	{"a number in a message is no code", 200, FAILED("0", "at most 40 at once"), OUTCOME_RETRY, "code 0"},
	{"an empty parameter is no empty library", 200, FAILED("10", "size must not be empty"), OUTCOME_SIGN_OTHERWISE,
     "code 10"},
	{"not there under 404", 404, FAILED("70", "x"), OUTCOME_MISSING, "code 70"},
	{"an empty library (Navidrome)", 200, FAILED("70", "Library not found or empty"), OUTCOME_EMPTY, "empty"},
	{"an unknown method (supysonic)", 404, FAILED("0", "x"), OUTCOME_UNSUPPORTED, "code 0"},
	{"a failure with a status that asks for a pause", 429, FAILED("0", "slow down"), OUTCOME_THROTTLED, "HTTP 429"},
	{"a failure under 503", 503, FAILED("0", "starting"), OUTCOME_RETRY, "HTTP 503"},
	{"a refusal under 429 stays one", 429, FAILED("40", "x"), OUTCOME_NEEDS_AUTH, "code 40"},
};

static void every_answer_has_one_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct answer answer = {.status = rows[i].status, .body = span_of(rows[i].body)};
		struct verdict verdict;
		bool has_doc = judge(&answer, &verdict);
		assert_row(&rows[i], verdict.outcome == rows[i].want);
		assert_row(&rows[i], has_doc == (rows[i].want == OUTCOME_OK));
		assert_row(&rows[i], strstr(verdict.cause, rows[i].cause));
		assert_row(&rows[i], verdict.next_step && *verdict.next_step);
		assert_row(&rows[i], verdict.retry_after_ms == -1);
		assert_row(&rows[i], rows[i].want == OUTCOME_OK || *verdict.cause);
	}
}

/* The codes of HTTP that no row names: never taken for success, never a reason to stop for good. */
static void a_status_that_nobody_knows_is_tried_again(void **state)
{
	(void)state;
	for (long status = 100; status < 600; status++) {
		struct answer answer = {.status = status, .body = span_of(LOGIN)};
		struct verdict verdict;
		bool known = false;
		assert_false(judge(&answer, &verdict));
		assert_int_not_equal(verdict.outcome, OUTCOME_OK);
		for (size_t i = 0; i < COUNT_OF(rows); i++)
			known |= rows[i].status == status;
		if (!known && status / 100 != 3)
			assert_int_equal(verdict.outcome, OUTCOME_RETRY);
	}
}

static const struct {
	const char *name;
	CURLcode code;
	const char *error;
	enum outcome want;
	const char *cause;
} transport_rows[] = {
	{"no connection", CURLE_COULDNT_CONNECT, "Failed to connect to localhost port 1", OUTCOME_RETRY,
     "localhost port 1"},
	{"no name", CURLE_COULDNT_RESOLVE_HOST, "", OUTCOME_RETRY, "the server did not answer: Could"},
	{"too slow", CURLE_OPERATION_TIMEDOUT, "", OUTCOME_TOO_SLOW, "the server did not answer"},
	{"cut short", CURLE_PARTIAL_FILE, "", OUTCOME_RETRY, "the server did not answer"},
	{"hung up", CURLE_GOT_NOTHING, "", OUTCOME_RETRY, "the server did not answer"},
	{"a certificate", CURLE_PEER_FAILED_VERIFICATION, "SSL certificate problem", OUTCOME_OPERATOR,
     "certificate problem"},
	{"no CA file", CURLE_SSL_CACERT_BADFILE, "", OUTCOME_OPERATOR, ""},
	{"another protocol", CURLE_UNSUPPORTED_PROTOCOL, "", OUTCOME_OPERATOR, ""},
	{"no address", CURLE_URL_MALFORMAT, "", OUTCOME_OPERATOR, ""},
};

static void what_the_network_says_counts_before_the_body(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(transport_rows); i++) {
		/* A whole body stands there, and is not looked at: nobody knows whether it is all. */
		struct answer answer = {.code = transport_rows[i].code, .status = 200, .body = span_of(OK)};
		struct verdict verdict;
		snprintf(answer.error, sizeof answer.error, "%s", transport_rows[i].error);
		assert_row(&transport_rows[i], !judge(&answer, &verdict));
		assert_row(&transport_rows[i], verdict.outcome == transport_rows[i].want);
		assert_row(&transport_rows[i], *verdict.cause && strstr(verdict.cause, transport_rows[i].cause));
		assert_row(&transport_rows[i], !verdict.said_by_server && *verdict.next_step);
	}
}

static void a_server_that_is_not_reached_in_time_is_not_too_slow_for_the_page(void **state)
{
	struct answer answer = {.code = CURLE_OPERATION_TIMEDOUT, .unreached = true, .error = "Resolving timed out"};
	struct verdict verdict;
	(void)state;
	assert_false(judge(&answer, &verdict));
	assert_int_equal(verdict.outcome, OUTCOME_RETRY);
	assert_string_equal(verdict.cause, "the server could not be reached in time: Resolving timed out");
}

static void an_answer_that_is_too_large_asks_for_smaller_pages(void **state)
{
	struct answer answer = {.code = CURLE_WRITE_ERROR, .too_large = true, .status = 200};
	struct verdict verdict;
	(void)state;
	assert_false(judge(&answer, &verdict));
	assert_int_equal(verdict.outcome, OUTCOME_SMALLER_PAGE);
	assert_non_null(strstr(verdict.cause, "64 MiB that are read, 8 MiB when compressed"));
}

/* The good answer with so much white space that it is of this length, compressed. The caller frees it. */
static struct span packed_answer(size_t len)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(1);
	size_t room = libdeflate_gzip_compress_bound(compressor, len);
	char *plain = malloc(len), *out = malloc(room);
	assert_true(compressor && plain && out);
	memset(plain, ' ', len);
	memcpy(plain, OK, sizeof OK - 1);
	struct span packed = {out, libdeflate_gzip_compress(compressor, plain, len, out, room)};
	libdeflate_free_compressor(compressor);
	free(plain);
	return packed;
}

static void an_answer_is_read_up_to_its_maximum_when_unpacked(void **state)
{
	static const struct request ping = {.name = "ping"}, list = {.name = "getArtists", .list = "artists"},
								pages = {.name = "search3", .paging = PAGING_OFFSET, .list = "songs"};
	struct verdict verdict;
	(void)state;
	struct answer answer = {.status = 200, .encoding = "gzip", .body = packed_answer(LIMIT_UNPACKED_BYTES)};
	assert_true(judge(&answer, &verdict));
	free((char *)(uintptr_t)answer.body.at);
	answer.body = packed_answer(LIMIT_UNPACKED_BYTES + 1);
	assert_false(judge_of(&list, &answer, &verdict));
	assert_int_equal(verdict.outcome, OUTCOME_SMALLER_PAGE);
	assert_non_null(strstr(verdict.cause, "67108865 bytes when unpacked"));
	assert_non_null(strstr(verdict.next_step, "in one answer"));
	assert_false(judge_of(&ping, &answer, &verdict));
	assert_non_null(strstr(verdict.next_step, "the server's own"));
	assert_false(judge_of(&pages, &answer, &verdict));
	assert_string_equal(verdict.next_step, "lower page_size");
	free((char *)(uintptr_t)answer.body.at);
}

static void the_envelope_and_http_are_told_apart(void **state)
{
	struct answer answer = {.status = 200, .body = span_of(FAILED("40", "x"))};
	struct verdict verdict;
	(void)state;
	judge(&answer, &verdict);
	assert_true(verdict.said_by_server);
	answer = (struct answer){.status = 401, .body = span_of(LOGIN)};
	judge(&answer, &verdict);
	assert_false(verdict.said_by_server);
}

static void a_redirect_names_its_place_without_parameters(void **state)
{
	static const struct {
		const char *name, *location, *want;
	} places[] = {
		{"parameters", "https://music.example/rest/ping?u=me&t=secret&s=1",
	     "(HTTP 301 to https://music.example/rest/ping)"},
		{"a fragment", "https://music.example/#secret", "(HTTP 301 to https://music.example/)"},
		{"plain", "/login", "(HTTP 301 to /login)"},
		{"none", "", "(HTTP 301)"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct answer answer = {.status = 301};
		struct verdict verdict;
		snprintf(answer.location, sizeof answer.location, "%s", places[i].location);
		judge(&answer, &verdict);
		assert_row(&places[i], verdict.outcome == OUTCOME_OPERATOR && strstr(verdict.cause, places[i].want));
		assert_row(&places[i], !strstr(verdict.cause, "secret"));
	}
}

static void a_compressed_answer_is_read_and_a_broken_one_asked_for_again(void **state)
{
	char gzip[256];
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
	struct answer answer = {.status = 200, .encoding = "gzip"};
	struct verdict verdict;
	(void)state;
	answer.body = (struct span){gzip, libdeflate_gzip_compress(compressor, OK, sizeof OK - 1, gzip, sizeof gzip)};
	libdeflate_free_compressor(compressor);
	assert_true(judge(&answer, &verdict));
	assert_int_equal(verdict.outcome, OUTCOME_OK);
	answer.body.len--;
	assert_false(judge(&answer, &verdict));
	assert_int_equal(verdict.outcome, OUTCOME_RETRY);
	assert_non_null(strstr(verdict.cause, "gzip"));
	answer = (struct answer){.status = 200, .encoding = "br", .body = span_of(OK)};
	assert_false(judge(&answer, &verdict));
	assert_non_null(strstr(verdict.cause, "'br'"));
}

static void a_cause_can_always_be_sent_on(void **state)
{
	static const char *const messages[] = {
		"\xe3\x81\x82", "\xc3\xa9", "\xf0\x9f\x8e\xb5", "\xe9", "\xff", "\\u0000", "\\ud83c", "x\\n\\t\\u0001", "%s%n",
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(messages); i++) {
		for (size_t before = 0; before < 5; before++) { /* so that a cut falls on each byte of a character */
			struct buf body;
			struct verdict verdict;
			buf_init(&body, 64 * 1024);
			buf_printf(&body, "{\"subsonic-response\":{\"status\":\"failed\",\"error\":{\"code\":0,\"message\":\"%.*s",
			           (int)before, "aaaaa");
			for (int times = 0; times < 400; times++)
				buf_add_text(&body, messages[i]);
			buf_add_text(&body, "\"}}}");
			struct answer answer = {.status = 200, .body = buf_span(&body)};
			judge(&answer, &verdict);
			assert_int_equal(verdict.outcome, OUTCOME_RETRY);
			assert_true(strlen(verdict.cause) < LIMIT_CAUSE);
			if (!text_valid(span_of(verdict.cause)))
				fail_msg("not UTF-8: %s", verdict.cause);
			buf_done(&body);
		}
	}
}

static void an_error_of_the_network_can_be_sent_on_too(void **state)
{
	struct answer answer = {.code = CURLE_COULDNT_RESOLVE_HOST};
	struct verdict verdict;
	(void)state;
	memset(answer.error, '\xe9', sizeof answer.error - 1);
	judge(&answer, &verdict);
	assert_true(text_valid(span_of(verdict.cause)));
	answer = (struct answer){.status = 302};
	memset(answer.location, '\xe9', sizeof answer.location - 1);
	judge(&answer, &verdict);
	assert_true(text_valid(span_of(verdict.cause)));
}

/* ---- Retry-After ---- */

#define NOW_MS 1764000000500LL /* Mon, 24 Nov 2025 16:00:00.500 GMT */

static const struct {
	const char *name, *text;
	int64_t want_ms;
} retry_rows[] = {
	{"absent", "", -1},
	{"seconds", "120", 120000},
	{"one", "1", 1000},
	{"zero", "0", 0},
	{"leading zeros", "007", 7000},
	{"negative", "-5", 0},
	{"a day", "86400", DAY_S * 1000LL},
	{"more than a day", "86401", DAY_S * 1000LL},
	{"a year", "31536000", DAY_S * 1000LL},
	{"more than 64 bits", "99999999999999999999999", DAY_S * 1000LL},
	{"less than 64 bits", "-99999999999999999999999", 0},
	{"what would overflow as milliseconds", "9223372036854776", DAY_S * 1000LL},
	{"a date in 30 s", "Mon, 24 Nov 2025 16:00:30 GMT", 29500},
	{"a date just past", "Mon, 24 Nov 2025 16:00:00 GMT", 0},
	{"a date long past", "Wed, 21 Oct 2015 07:28:00 GMT", 0},
	{"a date far ahead", "Fri, 31 Dec 2999 23:59:59 GMT", DAY_S * 1000LL},
	{"RFC 850", "Monday, 24-Nov-25 16:00:30 GMT", 29500},
	{"asctime", "Mon Nov 24 16:00:30 2025", 29500},
	{"a word", "soon", -1},
	{"a unit", "120s", -1},
	{"a fraction", "1.5", -1},
	{"hexadecimal", "0x10", -1},
	{"two numbers", "10, 20", -1},
	{"only spaces", "   ", -1},
	{"only a sign", "-", -1},
	{"a day that is none", "Mon, 99 Nov 2025 16:00:30 GMT", -1},
	{"a weekday alone", "Monday", -1},
};

static void retry_after_is_read_and_capped(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(retry_rows); i++) {
		struct verdict verdict = {.retry_after_ms = -1};
		struct answer answer = {0};
		snprintf(answer.retry_after, sizeof answer.retry_after, "%s", retry_rows[i].text);
		outcome_take_pause(&answer, NOW_MS, &verdict);
		if (verdict.retry_after_ms != retry_rows[i].want_ms)
			fail_msg("%s ('%s'): %lld", retry_rows[i].name, retry_rows[i].text, (long long)verdict.retry_after_ms);
	}
}

static void a_date_is_reckoned_by_the_clock_that_it_is_of(void **state)
{
	static const struct {
		const char *text, *date;
		int64_t want_ms;
	} dates[] = {
		{"Mon, 24 Nov 2025 17:00:30 GMT", "Mon, 24 Nov 2025 17:00:00 GMT", 30000}, /* an hour ahead of ours */
		{"Mon, 24 Nov 2025 15:00:30 GMT", "Mon, 24 Nov 2025 15:00:00 GMT", 30000}, /* an hour behind */
		{"Mon, 24 Nov 2025 16:00:30 GMT", "now", 29500},
		{"120", "Wed, 21 Oct 2015 07:28:00 GMT", 120000},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(dates); i++) {
		struct verdict verdict = {.retry_after_ms = -1};
		struct answer answer = {0};
		snprintf(answer.retry_after, sizeof answer.retry_after, "%s", dates[i].text);
		snprintf(answer.date, sizeof answer.date, "%s", dates[i].date);
		outcome_take_pause(&answer, NOW_MS, &verdict);
		assert_int_equal(verdict.retry_after_ms, dates[i].want_ms);
	}
}

static void a_pause_of_more_than_a_day_is_cut_and_says_so(void **state)
{
	static const struct {
		const char *text, *said;
	} pauses[] = {
		{"79892", "x"},
		{"86400", "x"},
		{"180000", "x; it asks for a pause of 50 hours and is asked again after 24"},
		{"99999999999999999999999", "x; it asks for a pause of 8784 hours and is asked again after 24"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(pauses); i++) {
		struct verdict verdict = {.retry_after_ms = -1, .cause = "x"};
		struct answer answer = {0};
		snprintf(answer.retry_after, sizeof answer.retry_after, "%s", pauses[i].text);
		outcome_take_pause(&answer, NOW_MS, &verdict);
		assert_string_equal(verdict.cause, pauses[i].said);
	}
}

static void a_server_that_names_a_time_is_not_failing_but_pausing(void **state)
{
	static const struct {
		const char *name;
		long status;
		const char *retry_after, *body;
		enum outcome want;
		int64_t want_ms;
	} pauses[] = {
		{"503 with a time", 503, "30", "", OUTCOME_THROTTLED, 30000},
		{"503 with a time and an envelope", 503, "30", FAILED("0", "x"), OUTCOME_THROTTLED, 30000},
		{"503 with none", 503, "", "", OUTCOME_RETRY, -1},
		{"503 with a word", 503, "later", "", OUTCOME_RETRY, -1},
		{"503 at once", 503, "0", "", OUTCOME_RETRY, 0},
		{"503 for ever", 503, "999999999", "", OUTCOME_THROTTLED, DAY_S * 1000LL},
		{"429 with a time", 429, "2", "", OUTCOME_THROTTLED, 2000},
		{"429 with a time and an envelope", 429, "2", FAILED("0", "x"), OUTCOME_THROTTLED, 2000},
		{"429 with none", 429, "", "", OUTCOME_THROTTLED, -1},
		{"500 with a time", 500, "30", "", OUTCOME_RETRY, 30000},
		{"an answer with a time", 200, "30", OK, OUTCOME_OK, -1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(pauses); i++) {
		struct answer answer = {.status = pauses[i].status, .body = span_of(pauses[i].body)};
		struct verdict verdict;
		snprintf(answer.retry_after, sizeof answer.retry_after, "%s", pauses[i].retry_after);
		judge(&answer, &verdict);
		assert_row(&pauses[i], verdict.outcome == pauses[i].want && verdict.retry_after_ms == pauses[i].want_ms);
	}
}

static void a_next_step_names_the_account_so_that_its_command_can_be_copied(void **state)
{
	(void)state;
	char text[OUTCOME_STEP];
	assert_string_equal(outcome_step_of("first; then: syncline account login NAME --paste", "home", text),
	                    "first; then: syncline account login home --paste");
	assert_string_equal(outcome_step_of("wait", "home", text), "wait");
	assert_string_equal(outcome_step_of(NULL, "home", text), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_answer_has_one_meaning),
		cmocka_unit_test(a_status_that_nobody_knows_is_tried_again),
		cmocka_unit_test(what_the_network_says_counts_before_the_body),
		cmocka_unit_test(a_server_that_is_not_reached_in_time_is_not_too_slow_for_the_page),
		cmocka_unit_test(an_answer_that_is_too_large_asks_for_smaller_pages),
		cmocka_unit_test(an_answer_is_read_up_to_its_maximum_when_unpacked),
		cmocka_unit_test(the_envelope_and_http_are_told_apart),
		cmocka_unit_test(a_redirect_names_its_place_without_parameters),
		cmocka_unit_test(a_compressed_answer_is_read_and_a_broken_one_asked_for_again),
		cmocka_unit_test(a_cause_can_always_be_sent_on),
		cmocka_unit_test(an_error_of_the_network_can_be_sent_on_too),
		cmocka_unit_test(retry_after_is_read_and_capped),
		cmocka_unit_test(a_date_is_reckoned_by_the_clock_that_it_is_of),
		cmocka_unit_test(a_pause_of_more_than_a_day_is_cut_and_says_so),
		cmocka_unit_test(a_server_that_names_a_time_is_not_failing_but_pausing),
		cmocka_unit_test(a_next_step_names_the_account_so_that_its_command_can_be_copied),
	};
	return cmocka_run_group_tests(tests, find_provider, NULL);
}
