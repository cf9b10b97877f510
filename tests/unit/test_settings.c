/* Goal: defaults, file, environment and options win in that order, and a mistake is named with its place and its remedy.
 * Method: a settings file in a temporary folder, a cleaned environment, rows of mistakes. */
#include "unit.h"

#include <unistd.h>

#include "common/settings.h"
#include "common/topics.h"

enum { WORDS = 12 };

static char path[] = "/tmp/syncline-test-settings-XXXXXX";

static int make_file(void **state)
{
	(void)state;
	unsetenv("SYNCLINE_CONFIG");
	int fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_file(const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

/* words: options by spaces; "FILE" stands for the settings file. */
static int load(enum settings_program program, const char *words, struct settings *settings, int *used, struct err *err)
{
	char copy[512], *argv[WORDS] = {"program"};
	int argc = 1;
	assert_true(strlen(words) < sizeof copy);
	memcpy(copy, words, strlen(words) + 1);
	for (char *at = copy; *at && argc < WORDS;) {
		size_t len = strcspn(at, " ");
		bool more = at[len] != '\0';
		at[len] = '\0';
		argv[argc++] = strcmp(at, "FILE") == 0 ? path : at;
		at += len + more;
	}
	return settings_load(settings, program, argc, argv, used, err);
}

static void assert_loads(enum settings_program program, const char *words, struct settings *settings)
{
	struct err err = {0};
	int used;
	if (load(program, words, settings, &used, &err))
		fail_msg("'%s': %s", words, err.text);
}

static void without_anything_the_defaults_hold(void **state)
{
	struct settings settings;
	(void)state;
	assert_loads(FOR_FETCHER, "", &settings);
	assert_string_equal(settings.kafka_brokers, "127.0.0.1:9092");
	assert_string_equal(settings.config, "");
	assert_int_equal(settings.slots, 16);
	assert_int_equal(settings.drain_ms, 15000);
}

/* A replay needs the entries of each playlist from Kafka: they must be read again, at half as many days more by the playlist and at
 * the next reading of the list, before what was read is gone. */
static void by_default_entries_are_read_again_while_kafka_still_has_them(void **state)
{
	struct settings settings;
	(void)state;
	assert_loads(FOR_FETCHER, "", &settings);
	const int between_syncs_hours = 24; /* of a daily rule */
	assert_true(settings.entries_reread_days * 24 * 3 / 2 + settings.reread_hours + between_syncs_hours <=
	            topic_specs[TOPIC_PAGES].retention_hours);
}

static void options_win_over_environment_over_file_over_default(void **state)
{
	struct settings settings;
	(void)state;
	write_file("slots = 2\n");
	assert_loads(FOR_FETCHER, "--config FILE", &settings);
	assert_int_equal(settings.slots, 2);
	setenv("SYNCLINE_SLOTS", "3", 1);
	assert_loads(FOR_FETCHER, "--config FILE", &settings);
	assert_int_equal(settings.slots, 3);
	assert_loads(FOR_FETCHER, "--slots 4 --config FILE", &settings);
	assert_int_equal(settings.slots, 4);
	unsetenv("SYNCLINE_SLOTS");
}

static void the_file_may_be_named_by_the_environment_and_by_an_option_that_wins(void **state)
{
	struct settings settings;
	struct err err = {0};
	int used;
	(void)state;
	write_file("slots = 7\n");
	setenv("SYNCLINE_CONFIG", path, 1);
	assert_loads(FOR_FETCHER, "", &settings);
	assert_int_equal(settings.slots, 7);
	assert_string_equal(settings.config, path);
	assert_int_equal(load(FOR_FETCHER, "--config=/nowhere/at/all", &settings, &used, &err), -1);
	assert_err(&err, ERR_CONFIG, "/nowhere/at/all");
	unsetenv("SYNCLINE_CONFIG");
}

static void both_ways_to_write_an_option_are_equal(void **state)
{
	static const char *const words[] = {"--log-format json", "--log-format=json", "--log_format json",
	                                    "--log_format=json"};
	struct settings settings;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		assert_loads(FOR_PARSER, words[i], &settings);
		assert_string_equal(settings.log_format, "json");
	}
	assert_loads(FOR_PARSER, "--kafka-prefix=", &settings);
	assert_string_equal(settings.kafka_prefix, "");
	assert_loads(FOR_PARSER, "--redis=redis://h:1/2?a=b", &settings);
	assert_string_equal(settings.redis, "redis://h:1/2?a=b");
}

static void the_first_word_that_is_no_option_ends_them(void **state)
{
	static const struct {
		const char *name, *words;
		int used;
	} rows[] = {
		{"a command", "--redis redis://x sync home", 3},
		{"another program's option", "--slots 3", 1},
		{"help", "--drain-ms 1 --help", 3},
		{"nothing", "", 1},
	};
	struct settings settings;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err err = {0};
		int used = 0;
		assert_row(&rows[i], load(FOR_PARSER, rows[i].words, &settings, &used, &err) == 0);
		assert_row(&rows[i], used == rows[i].used);
	}
}

static void a_file_is_shared_by_all_programs(void **state)
{
	struct settings settings;
	(void)state;
	write_file(
		"# all of them\n\n  slots=5\nbatch_rows = 77\r\nlog_format =  json  \nkafka_prefix =\nredis = a=b # c\n");
	assert_loads(FOR_WRITER, "--config FILE", &settings);
	assert_int_equal(settings.batch_rows, 77);
	assert_string_equal(settings.log_format, "json");
	assert_string_equal(settings.kafka_prefix, "");
	assert_string_equal(settings.redis, "a=b # c"); /* a comment is a line of its own: passwords may hold # */
}

static void mistakes_are_named_with_their_place(void **state)
{
	static const struct {
		const char *name, *file, *words, *want;
	} rows[] = {
		{"typo", "slot = 3\n", "--config FILE", "did you mean 'slots'?"},
		{"line number", "\n# x\nslts = 3\n", "--config FILE", "line 3: unknown setting 'slts'"},
		{"nothing near", "completely_different = 3\n", "--config FILE", "--help lists all"},
		{"no equals sign", "slots 3\n", "--config FILE", "line 1: expected 'key = value'"},
		{"too small", "slots = 0\n", "--config FILE", "slots must be a number from 1 to 256, not '0'"},
		{"too large", "", "--slots 257", "--slots: slots must be a number from 1 to 256"},
		{"beyond 64 bits", "", "--slots 99999999999999999999", "must be a number"},
		{"unit told", "", "--drain-ms=-1", "from 0 to 600000 ms, not '-1'"},
		{"not a number", "", "--slots many", "not 'many'"},
		{"half a number", "", "--slots 3x", "not '3x'"},
		{"empty number", "", "--slots=", "not ''"},
		{"no value", "", "--slots", "--slots needs a value"},
		{"no file name", "", "--config", "--config needs a value"},
		{"no such file", "", "--config /nowhere", "/nowhere"},
	};
	struct settings settings;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err err = {0};
		int used;
		write_file(rows[i].file);
		assert_row(&rows[i], load(FOR_FETCHER, rows[i].words, &settings, &used, &err) == -1);
		if (err.class != ERR_CONFIG || !strstr(err.text, rows[i].want))
			fail_msg("row '%s': %s", rows[i].name, err.text);
	}
}

static void the_environment_is_checked_too(void **state)
{
	struct settings settings;
	struct err err = {0};
	int used;
	(void)state;
	setenv("SYNCLINE_SLOTS", "none", 1);
	assert_int_equal(load(FOR_FETCHER, "", &settings, &used, &err), -1);
	assert_err(&err, ERR_CONFIG, "SYNCLINE_SLOTS: slots must be a number");
	unsetenv("SYNCLINE_SLOTS");
}

static void a_value_that_is_too_long_is_refused_not_cut(void **state)
{
	struct settings settings;
	struct err err = {0};
	char text[2 * LIMIT_SETTING] = "redis = ";
	int used;
	(void)state;
	memset(text + 8, 'x', sizeof text - 9);
	write_file(text);
	assert_int_equal(load(FOR_FETCHER, "--config FILE", &settings, &used, &err), -1);
	assert_err(&err, ERR_CONFIG, "redis is longer than 1023 bytes");
}

/* What a function prints. */
static char *printed(void (*print)(const struct settings *settings, FILE *out), const struct settings *settings)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	print(settings, out);
	fclose(out);
	return text;
}

static void show_fetcher(const struct settings *settings, FILE *out)
{
	settings_show(settings, FOR_FETCHER, out);
}

static void help_parser(const struct settings *settings, FILE *out)
{
	(void)settings;
	settings_help(FOR_PARSER, out);
}

static void what_cannot_be_read_to_its_end_is_refused(void **state)
{
	struct settings settings;
	int used;
	struct err err = {0};
	(void)state;
	assert_int_equal(load(FOR_FETCHER, "--config /tmp", &settings, &used, &err), -1);
	assert_err(&err, ERR_CONFIG, "settings file /tmp: Is a directory");
}

static void a_nul_character_does_not_cut_a_value(void **state)
{
	static const char text[] = "kafka_prefix = one\0two\n";
	struct settings settings;
	int used;
	struct err err = {0};
	(void)state;
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, sizeof text - 1, file), sizeof text - 1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(load(FOR_FETCHER, "--config FILE", &settings, &used, &err), -1);
	assert_err(&err, ERR_CONFIG, "kafka_prefix holds a NUL character");
}

static void secrets_are_not_shown(void **state)
{
	struct settings settings;
	(void)state;
	assert_loads(FOR_FETCHER, "--redis redis://:canary@h/0 --postgres password=canary --slots 9", &settings);
	char *text = printed(show_fetcher, &settings);
	assert_null(strstr(text, "canary"));
	assert_non_null(strstr(text, "redis = ***\n"));
	assert_non_null(strstr(text, "postgres = ***\n"));
	assert_non_null(strstr(text, "slots = 9\n"));
	assert_null(strstr(text, "batch_rows"));
	free(text);
}

static void the_help_lists_what_this_program_reads(void **state)
{
	(void)state;
	char *text = printed(help_parser, NULL);
	assert_non_null(strstr(text, "--drain-ms"));
	assert_non_null(strstr(text, "[15000 ms, 0 to 600000]"));
	assert_null(strstr(text, "--slots"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_anything_the_defaults_hold),
		cmocka_unit_test(by_default_entries_are_read_again_while_kafka_still_has_them),
		cmocka_unit_test(options_win_over_environment_over_file_over_default),
		cmocka_unit_test(the_file_may_be_named_by_the_environment_and_by_an_option_that_wins),
		cmocka_unit_test(both_ways_to_write_an_option_are_equal),
		cmocka_unit_test(the_first_word_that_is_no_option_ends_them),
		cmocka_unit_test(a_file_is_shared_by_all_programs),
		cmocka_unit_test(mistakes_are_named_with_their_place),
		cmocka_unit_test(the_environment_is_checked_too),
		cmocka_unit_test(a_value_that_is_too_long_is_refused_not_cut),
		cmocka_unit_test(what_cannot_be_read_to_its_end_is_refused),
		cmocka_unit_test(a_nul_character_does_not_cut_a_value),
		cmocka_unit_test(secrets_are_not_shown),
		cmocka_unit_test(the_help_lists_what_this_program_reads),
	};
	return cmocka_run_group_tests(tests, make_file, remove_file);
}
