/* Goal: an error keeps its class and code, and its text reads from the outermost context to the cause, whatever is put
 * into it. Method: short texts, texts that point into the error itself, texts that do not fit. */
#include "unit.h"

static void setting_fills_everything_and_returns_a_failure(void **state)
{
	struct err err = {0};
	(void)state;
	assert_int_equal(err_set(&err, ERR_REJECT, 42, "item %d", 7), -1);
	assert_int_equal(err.class, ERR_REJECT);
	assert_int_equal(err.code, 42);
	assert_string_equal(err.text, "item 7");
}

static void context_comes_before_the_cause_and_keeps_class_and_code(void **state)
{
	struct err err = {0};
	(void)state;
	err_set(&err, ERR_RETRY, 5, "no answer");
	assert_int_equal(err_wrap(&err, "page %d: ", 3), -1);
	err_wrap(&err, "albums: ");
	assert_string_equal(err.text, "albums: page 3: no answer");
	assert_int_equal(err.class, ERR_RETRY);
	assert_int_equal(err.code, 5);
}

static void an_error_may_be_made_of_its_own_text(void **state)
{
	struct err err = {0};
	(void)state;
	err_set(&err, ERR_RETRY, 0, "inner");
	err_set(&err, ERR_FATAL, 1, "outer (%s)", err.text);
	assert_string_equal(err.text, "outer (inner)");
	err_wrap(&err, "twice %s, ", err.text);
	assert_string_equal(err.text, "twice outer (inner), outer (inner)");
}

static void a_text_that_does_not_fit_is_cut_and_stays_a_text(void **state)
{
	struct err err = {0};
	char longer[2 * sizeof err.text];
	(void)state;
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	err_set(&err, ERR_FATAL, 0, "%s", longer);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	err_set(&err, ERR_FATAL, 0, "cause");
	err_wrap(&err, "%.*s", (int)sizeof err.text - 3, longer);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	assert_string_equal(err.text + sizeof err.text - 3, "ca");
}

static void context_that_would_push_out_the_cause_is_left_away(void **state)
{
	struct err err = {0};
	char longer[sizeof err.text + 1];
	(void)state;
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	err_set(&err, ERR_FATAL, 0, "cause");
	assert_int_equal(err_wrap(&err, "%s", longer), -1);
	assert_string_equal(err.text, "cause");
}

static void every_class_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(err_class_name(ERR_NONE), "none");
	assert_string_equal(err_class_name(ERR_RETRY), "retry");
	assert_string_equal(err_class_name(ERR_REJECT), "reject");
	assert_string_equal(err_class_name(ERR_FATAL), "fatal");
	assert_string_equal(err_class_name(ERR_CONFIG), "config");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting_fills_everything_and_returns_a_failure),
		cmocka_unit_test(context_comes_before_the_cause_and_keeps_class_and_code),
		cmocka_unit_test(an_error_may_be_made_of_its_own_text),
		cmocka_unit_test(a_text_that_does_not_fit_is_cut_and_stays_a_text),
		cmocka_unit_test(context_that_would_push_out_the_cause_is_left_away),
		cmocka_unit_test(every_class_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
