/* Goal: the name that a list shows for a reject leads back to it. Method: rows of names and places. */
#include "ctl/reject_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static struct settings settings;

static void a_name_leads_back_to_its_place(void **state)
{
	static const struct row {
		const char *name, *topic;
		int64_t partition, offset, position;
	} rows[] = {
		{"pages/3/1042/7", "x.sync.pages", 3, 1042, 7},
		{"pages/0/0/0", "x.sync.pages", 0, 0, 0},
		{"jobs/5/12/all", "x.sync.jobs", 5, 12, -1},
		{"items/11/9223372036854775807/all", "x.sync.items", 11, INT64_MAX, -1},
		{"pages/3/500/gap", "x.sync.pages", 3, 500, -2},
		{"other.topic/1/2/3", "other.topic", 1, 2, 3},
		{"pages/3/-18/7", "x.sync.pages", 3, -18, 7}, /* its topic was made anew */
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reject_place place;
		char text[REJECT_PLACE_TEXT];
		assert_true(reject_place_read(&settings, rows[i].name, &place));
		assert_string_equal(place.topic, rows[i].topic);
		assert_int_equal(place.partition, rows[i].partition);
		assert_int_equal(place.offset, rows[i].offset);
		assert_int_equal(place.position, rows[i].position);
		assert_string_equal(reject_place_text(&settings, &place, text), rows[i].name);
	}
}

static void what_is_not_a_place_is_told_from_one(void **state)
{
	static const char *const names[] = {"",
	                                    "home",
	                                    "pages",
	                                    "pages/",
	                                    "pages/3",
	                                    "pages/3/4",
	                                    "pages/3/4/",
	                                    "pages/x/4/5",
	                                    "pages/3/4/5/",
	                                    "pages/3/4/5x",
	                                    "pages/-1/4/5",
	                                    "pages/3/4/-1",
	                                    "pages/3/4/alle",
	                                    "pages/3/4/ga"};
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct reject_place place;
		if (reject_place_read(&settings, names[i], &place))
			fail_msg("'%s' was taken for a place", names[i]);
	}
}

static void only_topics_of_this_installation_are_ours(void **state)
{
	struct reject_place place = {.topic = "x.sync.pages"};
	(void)state;
	assert_int_equal(reject_place_topic(&settings, &place), TOPIC_PAGES);
	snprintf(place.topic, sizeof place.topic, "sync.pages");
	assert_int_equal(reject_place_topic(&settings, &place), TOPIC_COUNT);
}

int main(void)
{
	snprintf(settings.kafka_prefix, sizeof settings.kafka_prefix, "x.");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_leads_back_to_its_place),
		cmocka_unit_test(what_is_not_a_place_is_told_from_one),
		cmocka_unit_test(only_topics_of_this_installation_are_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
