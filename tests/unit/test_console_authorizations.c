/* Goal: a sign-in that waits for consent is found once, in time, and by the session that asked alone; many of them cost no more
 * than a few. Method: times are given, so that none is waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "console/authorizations.h"

static struct authorization asked(const char *session, const char *state)
{
	struct authorization ret = {0};
	snprintf(ret.session, sizeof ret.session, "%s", session);
	snprintf(ret.authorize.state, sizeof ret.authorize.state, "%s", state);
	snprintf(ret.account, sizeof ret.account, "account of %s", state);
	return ret;
}

static void put(struct authorizations *authorizations, const char *session, const char *state, int64_t now_ms)
{
	const struct authorization authorization = asked(session, state);
	authorizations_put(authorizations, &authorization, now_ms);
}

static int set_up(void **state)
{
	*state = authorizations_open();
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	struct authorizations *authorizations = *state;
	authorizations_close(&authorizations);
	return 0;
}

static void an_answer_counts_once_and_for_its_session_alone(void **state)
{
	struct authorization got;
	put(*state, "anna", "s1", 1000);
	put(*state, "anna", "s2", 1000);
	assert_false(authorizations_take(*state, "ben", "s1", 1000, &got));
	assert_false(authorizations_take(*state, "anna", "s3", 1000, &got));
	assert_true(authorizations_take(*state, "anna", "s1", 1000, &got));
	assert_string_equal(got.account, "account of s1");
	assert_false(authorizations_take(*state, "anna", "s1", 1000, &got));
	assert_true(authorizations_take(*state, "anna", "s2", 1000, &got));
}

static void nobody_is_no_session(void **state)
{
	struct authorization got;
	put(*state, "", "s1", 1000);
	put(*state, "anna", "", 1000);
	assert_false(authorizations_take(*state, "", "s1", 1000, &got));
	assert_false(authorizations_take(*state, "anna", "", 1000, &got));
}

static void an_answer_that_comes_too_late_is_none(void **state)
{
	struct authorization got;
	put(*state, "anna", "s1", 1000);
	put(*state, "anna", "s2", 1000);
	assert_true(authorizations_take(*state, "anna", "s1", 1000 + AUTHORIZATION_MS - 1, &got));
	assert_false(authorizations_take(*state, "anna", "s2", 1000 + AUTHORIZATION_MS, &got));
}

static void when_too_many_wait_the_oldest_is_forgotten(void **state)
{
	struct authorization got;
	char word[16];
	for (int i = 0; i <= AUTHORIZATIONS; i++) {
		snprintf(word, sizeof word, "s%d", i);
		put(*state, "anna", word, 1000 + i);
	}
	assert_false(authorizations_take(*state, "anna", "s0", 2000, &got));
	for (int i = 1; i <= AUTHORIZATIONS; i++) {
		snprintf(word, sizeof word, "s%d", i);
		assert_true(authorizations_take(*state, "anna", word, 2000, &got));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_answer_counts_once_and_for_its_session_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_is_no_session, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_answer_that_comes_too_late_is_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(when_too_many_wait_the_oldest_is_forgotten, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
