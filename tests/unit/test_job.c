/* Goal: a job is understood as MessagePack and as one line of JSON typed by hand, and a slip in it is named. Method: rows
 * of good and bad lines. */
#include "unit.h"

#include "common/arena.h"
#include "common/msg.h"

struct decoded {
	struct arena arena;
	msgpack_zone zone;
	struct sync_job job;
	struct err err;
	int result;
};

static void decode(struct decoded *decoded, struct span bytes)
{
	memset(decoded, 0, sizeof *decoded);
	arena_init(&decoded->arena, 256 * 1024);
	msgpack_zone_init(&decoded->zone, 4096);
	decoded->result = msg_decode_job(bytes, &decoded->zone, &decoded->arena, &decoded->job, &decoded->err);
}

static void release(struct decoded *decoded)
{
	arena_done(&decoded->arena);
	msgpack_zone_destroy(&decoded->zone);
}

static void good_lines_are_jobs(void **state)
{
	static const struct {
		const char *name, *line, *account, *mode, *categories, *requested_by;
	} rows[] = {
		{"shortest", "{\"account\":\"home\"}", "home", "", "", ""},
		{"white space around", " \t\r\n{ \"account\" : \"home\" }\n", "home", "", "", ""},
		{"all fields", "{\"account\":\"a\",\"mode\":\"full\",\"categories\":\"albums,tracks\",\"requested_by\":\"me\"}",
	     "a", "full", "albums,tracks", "me"},
		{"null is absent", "{\"account\":\"a\",\"mode\":null,\"sync\":null}", "a", "", "", ""},
		{"escapes", "{\"account\":\"\\u0061\",\"requested_by\":\"\\u00e9\\n\"}", "a", "", "", "\xc3\xa9\n"},
		{"type and version may stand there", "{\"type\":\"sync_job\",\"v\":1,\"account\":\"a\"}", "a", "", "", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct decoded decoded;
		char *line = strdup(rows[i].line);
		decode(&decoded, span_of(line));
		memset(line, 'x', strlen(line)); /* the job lives in the arena */
		assert_row(&rows[i], decoded.result == 0);
		assert_row(&rows[i], span_is(decoded.job.account, rows[i].account));
		assert_row(&rows[i], span_is(decoded.job.mode, rows[i].mode));
		assert_row(&rows[i], span_is(decoded.job.categories, rows[i].categories));
		assert_row(&rows[i], span_is(decoded.job.requested_by, rows[i].requested_by));
		assert_row(&rows[i], decoded.job.sync.len == 0);
		free(line);
		release(&decoded);
	}
}

static void a_time_is_a_number_of_milliseconds_or_text(void **state)
{
	static const struct {
		const char *name, *value;
		int64_t want; /* -1: refused */
	} rows[] = {
		{"milliseconds", "1764471600000", 1764471600000},
		{"RFC 3339", "\"2025-11-30T03:00:00Z\"", 1764471600000},
		{"with a zone", "\"2025-11-30T04:00:00+01:00\"", 1764471600000},
		{"without a zone it is UTC", "\"2025-11-30 03:00:00.25\"", 1764471600250},
		{"null is absent", "null", 0},
		{"text that is no time", "\"tonight\"", -1},
		{"no day of the calendar", "\"2025-02-30T03:00:00Z\"", -1},
		{"a fraction", "1.5", -1},
		{"true", "true", -1},
		{"too large", "18446744073709551615", -1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char line[128];
		struct decoded decoded;
		snprintf(line, sizeof line, "{\"account\":\"a\",\"priority\":\"background\",\"not_before\":%s}", rows[i].value);
		decode(&decoded, span_of(line));
		assert_row(&rows[i], decoded.result == (rows[i].want < 0 ? -1 : 0));
		if (rows[i].want < 0) {
			assert_err(&decoded.err, ERR_REJECT, "field 'not_before' must be ms since 1970, or text such as");
		} else {
			assert_row(&rows[i], decoded.job.not_before == rows[i].want);
			assert_row(&rows[i], span_is(decoded.job.priority, "background"));
		}
		release(&decoded);
	}
}

static void bad_lines_are_refused_with_what_is_wrong(void **state)
{
	static const struct {
		const char *name, *line, *want;
	} rows[] = {
		{"no account", "{}", "field 'account' is missing"},
		{"account null", "{\"account\":null}", "field 'account' is missing"},
		{"number", "{\"account\":7}", "field 'account' must be text"},
		{"list", "{\"account\":\"a\",\"categories\":[\"albums\"]}", "field 'categories' must be text"},
		{"typo", "{\"acount\":\"home\"}", "unknown field 'acount'; there are account, sync"},
		{"array", "[{\"account\":\"home\"}]", "expected a JSON object"},
		{"text", "\"home\"", "expected a JSON object"},
		{"cut", "{\"account\":\"ho", "not valid JSON at byte"},
		{"comma too many", "{\"account\":\"home\",}", "not valid JSON at byte"},
		{"two objects", "{\"account\":\"a\"}{\"account\":\"b\"}", "not valid JSON at byte"},
		{"only white space", "   ", "not valid JSON"},
		{"not UTF-8", "{\"account\":\"\xff\"}", "not valid JSON"},
		{"NUL", "{\"account\":\"a\\u0000b\"}", "field 'account' is not valid UTF-8"},
		{"too long", "{\"account\":\"0123456789012345678901234567890123456789012345678901234567890123\"}",
	     "field 'account' has 64 bytes, more than 63"},
		{"plain words", "home", "not a MessagePack map"},
		{"nothing", "", "not a MessagePack map"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct decoded decoded;
		decode(&decoded, span_of(rows[i].line));
		assert_row(&rows[i], decoded.result == -1);
		if (decoded.err.class != ERR_REJECT || !strstr(decoded.err.text, rows[i].want))
			fail_msg("row '%s': %s", rows[i].name, decoded.err.text);
		release(&decoded);
	}
}

static void a_line_nested_deeply_or_much_too_large_is_refused(void **state)
{
	enum { LARGE = LIMIT_REJECT_BYTES + 100 };
	char *text = malloc(LARGE);
	struct decoded decoded;
	(void)state;
	memset(text, '[', LARGE);
	decode(&decoded, (struct span){text, LARGE});
	assert_err(&decoded.err, ERR_REJECT, "too many for a job");
	release(&decoded);
	decode(&decoded, (struct span){text, LIMIT_REJECT_BYTES});
	assert_err(&decoded.err, ERR_REJECT, "not valid JSON");
	release(&decoded);
	memset(text, ' ', LARGE);
	memcpy(text + 1000, "{\"account\":\"a\"}", 15);
	decode(&decoded, (struct span){text, 2000});
	assert_int_equal(decoded.result, 0);
	release(&decoded);
	free(text);
}

static void another_message_is_no_job(void **state)
{
	struct sync_event event = {.sync = span_of("s"), .account = span_of("home"), .event = span_of("complete"), .at = 1};
	struct decoded decoded;
	struct buf bytes;
	(void)state;
	buf_init(&bytes, 1024);
	msg_encode(MSG_sync_event, &event, &bytes);
	decode(&decoded, buf_span(&bytes));
	assert_err(&decoded.err, ERR_REJECT, "expected a sync_job, found a sync_event");
	release(&decoded);
	struct sync_job job = {.account = span_of("home"), .mode = span_of("full")};
	buf_reset(&bytes, SIZE_MAX);
	msg_encode(MSG_sync_job, &job, &bytes);
	decode(&decoded, buf_span(&bytes));
	assert_int_equal(decoded.result, 0);
	assert_span(decoded.job.account, "home");
	assert_span(decoded.job.mode, "full");
	release(&decoded);
	buf_done(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_lines_are_jobs),
		cmocka_unit_test(a_time_is_a_number_of_milliseconds_or_text),
		cmocka_unit_test(bad_lines_are_refused_with_what_is_wrong),
		cmocka_unit_test(a_line_nested_deeply_or_much_too_large_is_refused),
		cmocka_unit_test(another_message_is_no_job),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
