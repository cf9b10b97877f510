/* Goal: what /metrics says is what Prometheus' text format 0.0.4 allows and what happened. Method: the page is read line
 * by line with the format's own grammar; figures of every program; many threads adding at once. */
#include "unit.h"

#include <ctype.h>
#include <pthread.h>
#include <unistd.h>

#include "common/stats.h"

static const struct {
	const char *name, *kind;
	unsigned programs;
} listed[] = {
#define STAT(name, kind, programs, help) {"syncline_" #name, #kind, programs},
#include "common/stats.def"
};

static const char *const readings[] = {
#define READING(name, labels, help) #name,
#include "common/stats.def"
};

static char *page_of(enum settings_program program)
{
	struct buf out;
	size_t len;
	buf_init(&out, 64 * 1024); /* as the health listener has */
	stats_render(program, &out);
	assert_true(buf_ok(&out));
	buf_add_byte(&out, '\0');
	return buf_take(&out, &len);
}

/* The value of a figure; NULL: it is not on the page. */
static const char *value_on(const char *page, const char *name)
{
	size_t len = strlen(name);
	for (const char *line = page; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (strncmp(line, name, len) == 0 && line[len] == ' ')
			return line + len + 1;
	}
	return NULL;
}

static bool is_name(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!(islower((unsigned char)text[i]) || text[i] == '_' || (i && isdigit((unsigned char)text[i]))))
			return false;
	}
	return len > 0;
}

struct parsed {
	char typed[100], helped[100], kind[16]; /* of the lines before */
	size_t samples;
};

static void read_comment(struct parsed *reading, char *line)
{
	char name[100], rest[400];
	if (strncmp(line, "# HELP ", 7) == 0) {
		assert_int_equal(sscanf(line + 7, "%99s %399[^\n]", name, rest), 2);
		assert_null(strchr(rest, '\\')); /* would have to be escaped */
		snprintf(reading->helped, sizeof reading->helped, "%s", name);
		return;
	}
	assert_int_equal(sscanf(line, "# TYPE %99s %15s", reading->typed, reading->kind), 2);
	assert_true(strcmp(reading->kind, "counter") == 0 || strcmp(reading->kind, "gauge") == 0);
	assert_string_equal(reading->helped, reading->typed);
}

static void read_sample(struct parsed *reading, char *line)
{
	size_t len = strcspn(line, " ");
	char *end;
	assert_true(is_name(line, len));
	line[len] = '\0';
	assert_string_equal(line, reading->typed); /* the type stands right before it */
	bool total = len > 6 && strcmp(line + len - 6, "_total") == 0;
	assert_int_equal(total, strcmp(reading->kind, "counter") == 0);
	strtod(line + len + 1, &end);
	assert_true(end > line + len + 1 && *end == '\0');
	reading->samples++;
}

static void every_line_is_of_the_format(void **state)
{
	static const enum settings_program programs[] = {FOR_FETCHER, FOR_PARSER, FOR_WRITER};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(programs); i++) {
		struct parsed reading = {0};
		char *page = page_of(programs[i]), *next = page;
		assert_int_equal(page[strlen(page) - 1], '\n');
		for (char *line = page; (next = strchr(line, '\n')); line = next + 1) {
			*next = '\0';
			if (*line == '#')
				read_comment(&reading, line);
			else
				read_sample(&reading, line);
		}
		assert_true(reading.samples > 8);
		free(page);
	}
}

static void a_program_shows_its_own_figures_and_no_others(void **state)
{
	(void)state;
	for (unsigned program = FOR_FETCHER; program <= FOR_WRITER; program <<= 1) {
		char *page = page_of((enum settings_program)program);
		for (size_t i = 0; i < COUNT_OF(listed); i++)
			assert_int_equal(value_on(page, listed[i].name) != NULL, (listed[i].programs & program) != 0);
		free(page);
	}
}

static void a_figure_shows_what_was_counted(void **state)
{
	(void)state;
	stats_set(STAT_pages_parsed_total, 0);
	stats_add(STAT_pages_parsed_total, 3);
	stats_add(STAT_pages_parsed_total, 4);
	stats_set(STAT_syncs_running, 5);
	stats_set(STAT_syncs_running, 2);
	stats_set(STAT_bytes_fetched_total, INT64_MAX);
	assert_int_equal(stats_get(STAT_pages_parsed_total), 7);
	char *parser = page_of(FOR_PARSER), *fetcher = page_of(FOR_FETCHER);
	assert_int_equal(strncmp(value_on(parser, "syncline_pages_parsed_total"), "7\n", 2), 0);
	assert_int_equal(strncmp(value_on(fetcher, "syncline_syncs_running"), "2\n", 2), 0);
	assert_int_equal(strncmp(value_on(fetcher, "syncline_bytes_fetched_total"), "9223372036854775807\n", 20), 0);
	free(parser);
	free(fetcher);
}

static void *add_many(void *context)
{
	(void)context;
	for (int i = 0; i < 50000; i++)
		stats_add(STAT_turns_total, 1);
	return NULL;
}

static void nothing_is_lost_between_threads(void **state)
{
	pthread_t threads[4];
	(void)state;
	stats_set(STAT_turns_total, 0);
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_many, NULL), 0);
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(stats_get(STAT_turns_total), 4 * 50000);
}

static long process_figure(const char *name)
{
	char *page = page_of(FOR_WRITER);
	const char *value = value_on(page, name);
	assert_non_null(value);
	long number = strtol(value, NULL, 10);
	free(page);
	return number;
}

/* By trying each number: another way than the page's. */
static long open_descriptors(void)
{
	long count = 0;
	for (int fd = 0; fd < 1024; fd++) {
		int copy = dup(fd);
		count += copy >= 0;
		if (copy >= 0)
			close(copy);
	}
	return count;
}

static void the_figures_of_the_process_are_true(void **state)
{
	(void)state;
	long before = process_figure("process_open_fds");
	int fds[5];
	for (size_t i = 0; i < COUNT_OF(fds); i++)
		assert_true((fds[i] = dup(STDERR_FILENO)) >= 0);
	assert_int_equal(process_figure("process_open_fds"), before + 5);
	for (size_t i = 0; i < COUNT_OF(fds); i++)
		close(fds[i]);
	assert_int_equal(process_figure("process_open_fds"), before);
	assert_int_equal(before, open_descriptors());
	assert_in_range(process_figure("process_resident_memory_bytes"), 500 * 1000, 2000L * 1000 * 1000);
	assert_in_range(process_figure("process_cpu_seconds_total"), 0, 60);
}

static void the_reference_tells_all_of_them(void **state)
{
	char *page = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&page, &len);
	(void)state;
	assert_non_null(out);
	stats_reference(out);
	assert_int_equal(fclose(out), 0);
	for (size_t i = 0; i < COUNT_OF(listed); i++) {
		char row[200];
		snprintf(row, sizeof row, "\n| `%s` | %s |%s%s%s | ", listed[i].name, listed[i].kind,
		         listed[i].programs & FOR_FETCHER ? " fetcher" : "", listed[i].programs & FOR_PARSER ? " parser" : "",
		         listed[i].programs & FOR_WRITER ? " writer" : "");
		assert_non_null(strstr(page, row));
	}
	for (size_t i = 0; i < COUNT_OF(readings); i++) {
		char row[110];
		snprintf(row, sizeof row, "\n| `%s` |", readings[i]);
		assert_non_null(strstr(page, row));
	}
	free(page);
}

static const char *sample_of(enum reading reading, const char *const *texts, double sample)
{
	static char text[400];
	struct buf out;
	buf_init(&out, sizeof text);
	stats_sample(reading, texts, sample, &out);
	snprintf(text, sizeof text, "%s", buf_text(&out));
	buf_done(&out);
	return text;
}

static void a_reading_carries_its_labels_in_order_and_escaped(void **state)
{
	static const char *const lag[] = {"syncline-writer", "sync.items", "7"}, *const odd[] = {"a\"b\\c\nd"};
	(void)state;
	assert_string_equal(sample_of(READING_syncline_accounts, NULL, 3), "syncline_accounts 3\n");
	assert_string_equal(sample_of(READING_kafka_consumergroup_lag, lag, 1e12),
	                    "kafka_consumergroup_lag{consumergroup=\"syncline-writer\",topic=\"sync.items\",partition=\"7\"} "
	                    "1000000000000\n");
	assert_string_equal(sample_of(READING_syncline_syncs, odd, 0.125),
	                    "syncline_syncs{state=\"a\\\"b\\\\c\\nd\"} 0.125\n");
}

static void a_reading_is_found_by_its_name_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(readings); i++)
		assert_int_equal(stats_reading(readings[i]), i);
	assert_int_equal(stats_reading("kafka_consumergroup_la"), READING_COUNT);
	assert_int_equal(stats_reading("kafka_consumergroup_lagg"), READING_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_of_the_format),
		cmocka_unit_test(a_program_shows_its_own_figures_and_no_others),
		cmocka_unit_test(a_figure_shows_what_was_counted),
		cmocka_unit_test(nothing_is_lost_between_threads),
		cmocka_unit_test(the_figures_of_the_process_are_true),
		cmocka_unit_test(a_reading_carries_its_labels_in_order_and_escaped),
		cmocka_unit_test(a_reading_is_found_by_its_name_alone),
		cmocka_unit_test(the_reference_tells_all_of_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
