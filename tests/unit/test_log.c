/* Goal: whatever is logged becomes one whole line that its reader, a person or a program, can take apart. Method:
 * standard error is a pipe; texts with quotes, lines, broken UTF-8, of every length. */
#include "unit.h"

#include <unistd.h>

#include "common/json.h"
#include "common/log.h"
#include "common/stats.h"
#include "common/text.h"

static char line[64 * 1024];

/* What one call writes to standard error. */
static const char *logged(void (*log)(const char *, const char *, ...), const char *text)
{
	int fds[2], real = dup(STDERR_FILENO);
	assert_true(real >= 0);
	assert_int_equal(pipe(fds), 0);
	assert_true(dup2(fds[1], STDERR_FILENO) >= 0);
	close(fds[1]);
	log("page done", "%s", text);
	assert_true(dup2(real, STDERR_FILENO) >= 0); /* closes the pipe's last writer */
	close(real);
	size_t used = 0;
	ssize_t got;
	while ((got = read(fds[0], line + used, sizeof line - 1 - used)) > 0)
		used += (size_t)got;
	close(fds[0]);
	line[used] = '\0';
	return line;
}

static void a_reader_that_is_stuck_costs_lines_and_no_time(void **state)
{
	(void)state;
	int fds[2], real = dup(STDERR_FILENO);
	int64_t lost = stats_get(STAT_log_lines_lost_total);
	assert_true(real >= 0);
	assert_int_equal(pipe(fds), 0);
	assert_true(dup2(fds[1], STDERR_FILENO) >= 0);
	for (int i = 0; i < 10000; i++) /* many times what a pipe holds; nobody reads */
		log_info("page done", "number %d", i);
	assert_true(dup2(real, STDERR_FILENO) >= 0);
	close(real);
	close(fds[1]);
	assert_true(stats_get(STAT_log_lines_lost_total) > lost);
	ssize_t got = read(fds[0], line, sizeof line - 1);
	close(fds[0]);
	assert_true(got > 0);
	line[got] = '\0';
	assert_non_null(strstr(line, "page done: number 0\n"));
}

static void a_line_tells_time_level_program_and_event(void **state)
{
	(void)state;
	log_open("fetcher", false);
	const char *got = logged(log_info, "account=home page=3");
	assert_int_equal(got[10], 'T');
	assert_int_equal(got[23], 'Z');
	assert_string_equal(got + 24, " info  fetcher: page done: account=home page=3\n");
	assert_string_equal(logged(log_warn, "") + 24, " warn  fetcher: page done\n");
	assert_string_equal(logged(log_error, "x") + 24, " error fetcher: page done: x\n");
}

/* The text of a JSON line. The caller frees the document. */
static yyjson_doc *parsed(const char *got, struct span *text)
{
	yyjson_doc *doc = NULL;
	struct err err;
	if (json_read(span_of(got), &doc, &err))
		fail_msg("%s: %s", err.text, got);
	yyjson_val *root = yyjson_doc_get_root(doc), *value = yyjson_obj_get(root, "text");
	*text = (struct span){yyjson_get_str(value), yyjson_get_len(value)};
	assert_string_equal(yyjson_get_str(yyjson_obj_get(root, "event")), "page done");
	assert_string_equal(yyjson_get_str(yyjson_obj_get(root, "program")), "writer");
	assert_int_equal(yyjson_get_int(yyjson_obj_get(root, "pid")), getpid());
	assert_int_equal(yyjson_get_len(yyjson_obj_get(root, "time")), 24);
	return doc;
}

static const struct {
	const char *name, *text, *want;
} rows[] = {
	{"plain", "account=home", "account=home"},
	{"nothing", "", ""},
	{"quotes", "the file \"a\\b\"", "the file \"a\\b\""},
	{"lines", "one\r\ntwo\nthree", "one  two three"},
	{"controls", "a\x1b[31mb\x01\x7f", "a\x1b[31mb\x01\x7f"},
	{"UTF-8", "Bj\xc3\xb6rk \xf0\x9f\x8e\xb5", "Bj\xc3\xb6rk \xf0\x9f\x8e\xb5"},
	{"Latin-1", "Bj\xf6rk", "Bj?rk"},
	{"a character cut", "Bj\xc3", "Bj?"},
	{"what printf would read", "100% %s %n", "100% %s %n"},
};

static void json_lines_are_json_whatever_is_said(void **state)
{
	(void)state;
	log_open("writer", true);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct span text;
		yyjson_doc *doc = parsed(logged(log_info, rows[i].text), &text);
		assert_row(&rows[i], span_is(text, rows[i].want));
		assert_row(&rows[i], strchr(line, '\n') == line + strlen(line) - 1);
		yyjson_doc_free(doc);
	}
}

static void plain_lines_are_one_line(void **state)
{
	(void)state;
	log_open("writer", false);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *got = logged(log_info, rows[i].text);
		assert_row(&rows[i], strchr(got, '\n') == got + strlen(got) - 1);
		assert_row(&rows[i], strstr(got, rows[i].want) && text_valid(span_of(got)));
	}
}

/* Cut, if need be, but never lost: also where each byte becomes six. */
static void a_long_text_is_cut_and_not_lost(void **state)
{
	static const char *const pieces[] = {"a", "\x01", "\"", "\xe2\x82\xac", "\xe9"};
	static char text[5000];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(pieces); i++) {
		size_t used = 0;
		while (used + strlen(pieces[i]) < sizeof text)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s", pieces[i]);
		for (int json = 0; json < 2; json++) {
			log_open("writer", json);
			const char *got = logged(log_error, text);
			assert_true(strlen(got) > 2000);
			assert_true(text_valid(span_of(got)));
			if (json) {
				struct span cut;
				yyjson_doc_free(parsed(got, &cut));
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_tells_time_level_program_and_event),
		cmocka_unit_test(a_reader_that_is_stuck_costs_lines_and_no_time),
		cmocka_unit_test(json_lines_are_json_whatever_is_said),
		cmocka_unit_test(plain_lines_are_one_line),
		cmocka_unit_test(a_long_text_is_cut_and_not_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
