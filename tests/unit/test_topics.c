/* Goal: names of topics are those of the documentation, with the installation's prefix, and Kafka would take them.
 * Method: the table itself, and a prefix of every length. */
#include "unit.h"

#include "common/limits.h"
#include "common/topics.h"

static void each_topic_has_its_documented_name(void **state)
{
	static const char *const want[TOPIC_COUNT] = {
		[TOPIC_JOBS] = "sync.jobs",       [TOPIC_BACKGROUND] = "sync.jobs.background",
		[TOPIC_PAGES] = "sync.pages",     [TOPIC_ITEMS] = "sync.items",
		[TOPIC_REJECTS] = "sync.rejects", [TOPIC_EVENTS] = "sync.events",
	};
	char text[TOPIC_NAME_MAX];
	(void)state;
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		assert_string_equal(topic_name("", (enum topic)i, text), want[i]);
		assert_ptr_equal(topic_name("home-", (enum topic)i, text), text);
		assert_memory_equal(text, "home-", 5);
		assert_string_equal(text + 5, want[i]);
	}
}

static void a_topic_is_found_by_its_whole_name_alone(void **state)
{
	static const char *const others[] = {"sync.jobs",       "home-",           "home-sync.job",
	                                     "home-sync.jobs.", "home-sync.jobss", ""};
	char text[TOPIC_NAME_MAX];
	(void)state;
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		assert_int_equal(topic_find("home-", topic_name("home-", (enum topic)i, text)), i);
		assert_int_equal(topic_find("", topic_name("", (enum topic)i, text)), i);
	}
	for (size_t i = 0; i < COUNT_OF(others); i++)
		assert_int_equal(topic_find("home-", others[i]), TOPIC_COUNT);
}

static void every_topic_can_be_created(void **state)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	(void)state;
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		const struct topic_spec *spec = &topic_specs[i];
		assert_true(*spec->name && strspn(spec->name, allowed) == strlen(spec->name));
		assert_in_range(spec->partitions, 1, LIMIT_PARTITIONS);
		assert_true(spec->retention_hours > 0);
		assert_true(*spec->compression && *spec->text);
	}
}

static void the_longest_name_still_fits(void **state)
{
	char prefix[TOPIC_NAME_MAX], text[TOPIC_NAME_MAX];
	size_t len = TOPIC_NAME_MAX - 1 - strlen("sync.jobs.background"); /* the longest */
	(void)state;
	memset(prefix, 'p', len);
	prefix[len] = '\0';
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		assert_string_equal(topic_name(prefix, (enum topic)i, text) + len, topic_specs[i].name);
}

static void the_reference_tells_all_of_them(void **state)
{
	char *page = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&page, &len);
	(void)state;
	assert_non_null(out);
	topics_reference(out);
	assert_int_equal(fclose(out), 0);
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		char row[400];
		snprintf(row, sizeof row, "| `%s` | %d | %d h | %s |\n", topic_specs[i].name, topic_specs[i].partitions,
		         topic_specs[i].retention_hours, topic_specs[i].text);
		assert_non_null(strstr(page, row));
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_topic_has_its_documented_name),
		cmocka_unit_test(a_topic_is_found_by_its_whole_name_alone),
		cmocka_unit_test(every_topic_can_be_created),
		cmocka_unit_test(the_longest_name_still_fits),
		cmocka_unit_test(the_reference_tells_all_of_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
