/* Goal: whatever a cause says can be done, a command stands in it. Method: a table of steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/attributes.h"
#include "writer/advice.h"

static const struct {
	const char *step, *want;
} rows[] = {
	{NULL, "syncline sync home"},
	{"", "syncline sync home"},
	{"give this user the right on the server", "give this user the right on the server, then: syncline sync home"},
	{"sign in again: syncline account login home", "sign in again: syncline account login home"},
};

static void a_step_without_a_command_gets_one(void **state)
{
	char text[ADVICE_TEXT];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(advice_text(span_of(rows[i].step), "syncline sync", span_of("home"), text), rows[i].want);
}

static void what_read_kafka_is_asked_for_again_by_its_id(void **state)
{
	static const struct {
		const char *mode, *want;
	} modes[] = {
		{NULL, "mend it, then: syncline sync home"},
		{"full", "mend it, then: syncline sync home"},
		{"incremental", "mend it, then: syncline sync home"},
		{"replay", "mend it, then: syncline retry 0190"},
		{"replay-rejects", "mend it, then: syncline retry 0190"},
	};
	char text[ADVICE_TEXT];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(modes); i++)
		assert_string_equal(advice_again(span_of("mend it"), span_of(modes[i].mode), span_of("home"), span_of("0190"),
		                                 text),
		                    modes[i].want);
}

static void a_step_that_fills_its_field_leaves_room_for_the_command(void **state)
{
	char step[LIMIT_CAUSE + 1], text[ADVICE_TEXT];
	(void)state;
	memset(step, 'x', LIMIT_CAUSE);
	step[LIMIT_CAUSE] = '\0';
	advice_text(span_of(step), "syncline sync", span_of("home"), text);
	assert_string_equal(text + strlen(text) - strlen(", then: syncline sync home"), ", then: syncline sync home");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_without_a_command_gets_one),
		cmocka_unit_test(what_read_kafka_is_asked_for_again_by_its_id),
		cmocka_unit_test(a_step_that_fills_its_field_leaves_room_for_the_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
