/* Goal: passwords cannot be tried out, and nobody else is locked out by who tries. Method: a clock in the test's hands. */

#include "console/guard.h"
#include "unit.h"

enum { MINUTE = 60 * 1000, NOON = 1000 * MINUTE };

static struct guard *guard;

static int set_up(void **state)
{
	(void)state;
	guard = guard_open();
	return guard ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	guard_close(&guard);
	return 0;
}

static void slip(const char *address, int times, int64_t now_ms)
{
	for (int i = 0; i < times; i++)
		assert_int_equal(guard_try(guard, address, "anna", now_ms), 0);
}

static void five_slips_are_free_and_then_each_wait_is_twice_the_one_before(void **state)
{
	int64_t now_ms = NOON, wait_ms, expected_ms = 2000;
	(void)state;
	slip("10.0.0.1", GUARD_FREE_TRIES, now_ms);
	for (int i = 0; i < 5; i++) {
		wait_ms = guard_try(guard, "10.0.0.1", "anna", now_ms);
		assert_int_equal(wait_ms, expected_ms);
		now_ms += wait_ms;
		assert_int_equal(guard_try(guard, "10.0.0.1", "anna", now_ms), 0);
		expected_ms *= 2;
	}
}

static void what_could_not_be_judged_does_not_count(void **state)
{
	(void)state;
	slip("10.0.0.1", GUARD_FREE_TRIES - 1, NOON);
	for (int i = 0; i < 2 * GUARD_TRIES_A_MINUTE; i++) {
		assert_int_equal(guard_try(guard, "10.0.0.1", "anna", NOON), 0);
		guard_take_back(guard, "10.0.0.1", "anna");
	}
	slip("10.0.0.1", 1, NOON);
	assert_true(guard_try(guard, "10.0.0.1", "anna", NOON) > 0); /* and what was judged still does */
}

static void a_wait_is_never_longer_than_a_quarter_of_an_hour(void **state)
{
	int64_t now_ms = NOON;
	(void)state;
	for (int i = 0; i < 40; i++) {
		int64_t wait_ms = guard_try(guard, "10.0.0.1", "anna", now_ms);
		assert_true(wait_ms <= GUARD_WAIT_MAX_MS);
		now_ms += wait_ms ? wait_ms : 1;
	}
	now_ms += guard_try(guard, "10.0.0.1", "anna", now_ms);
	(void)guard_try(guard, "10.0.0.1", "anna",
	                now_ms); /* counted: who tries again at once waits for the longest time */
	assert_int_equal(guard_try(guard, "10.0.0.1", "anna", now_ms), GUARD_WAIT_MAX_MS);
}

static void who_fails_does_not_lock_out_another_address(void **state)
{
	(void)state;
	slip("10.0.0.1", GUARD_FREE_TRIES, NOON);
	assert_true(guard_try(guard, "10.0.0.1", "anna", NOON) > 0);
	assert_int_equal(guard_try(guard, "10.0.0.2", "anna", NOON), 0);
}

static void who_signs_in_begins_anew(void **state)
{
	(void)state;
	slip("10.0.0.1", GUARD_FREE_TRIES, NOON);
	guard_forgive(guard, "10.0.0.1", "anna");
	slip("10.0.0.1", GUARD_FREE_TRIES, NOON);
}

static void a_user_of_ones_own_is_no_way_to_try_the_password_of_another(void **state)
{
	int tries = 0;
	(void)state;
	for (int i = 0; i < 20; i++) {
		if (guard_try(guard, "10.0.0.1", i % 4 < 3 ? "admin" : "anna", NOON + i))
			continue;
		tries += i % 4 < 3;
		if (i % 4 == 3)
			guard_forgive(guard, "10.0.0.1", "anna");
	}
	assert_int_equal(tries, GUARD_FREE_TRIES);
}

static void many_names_from_one_address_are_counted_together(void **state)
{
	char name[16];
	(void)state;
	for (int i = 0; i < GUARD_FREE_TRIES; i++) {
		snprintf(name, sizeof name, "user%d", i);
		assert_int_equal(guard_try(guard, "10.0.0.1", name, NOON), 0);
	}
	assert_int_equal(guard_try(guard, "10.0.0.1", "another", NOON), 2000);
}

static void an_hour_without_a_try_is_forgotten(void **state)
{
	(void)state;
	slip("10.0.0.1", GUARD_FREE_TRIES, NOON);
	slip("10.0.0.1", GUARD_FREE_TRIES, NOON + 61 * MINUTE);
}

static void many_addresses_together_have_a_limit_a_minute(void **state)
{
	char address[48];
	(void)state;
	for (int i = 0; i < GUARD_TRIES_A_MINUTE; i++) {
		snprintf(address, sizeof address, "10.0.%d.%d", i / 250, i % 250);
		assert_int_equal(guard_try(guard, address, "anna", NOON), 0);
	}
	assert_int_equal(guard_try(guard, "10.1.0.0", "anna", NOON + 1000), MINUTE - 1000);
	assert_int_equal(guard_try(guard, "10.1.0.0", "anna", NOON + MINUTE), 0);
}

static void more_addresses_than_there_is_room_for_push_out_the_oldest(void **state)
{
	char address[48];
	(void)state;
	slip("10.9.9.9", GUARD_FREE_TRIES, NOON);
	for (int i = 0; i < GUARD_ENTRIES; i++) {
		snprintf(address, sizeof address, "10.2.%d.%d", i / 250, i % 250);
		assert_int_equal(guard_try(guard, address, "anna", NOON + (i + 1) * MINUTE), 0);
	}
	assert_int_equal(guard_try(guard, "10.9.9.9", "anna", NOON + (GUARD_ENTRIES + 1) * MINUTE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(five_slips_are_free_and_then_each_wait_is_twice_the_one_before, set_up,
	                                    tear_down),
		cmocka_unit_test_setup_teardown(what_could_not_be_judged_does_not_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wait_is_never_longer_than_a_quarter_of_an_hour, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_fails_does_not_lock_out_another_address, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_signs_in_begins_anew, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_user_of_ones_own_is_no_way_to_try_the_password_of_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_names_from_one_address_are_counted_together, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_hour_without_a_try_is_forgotten, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_addresses_together_have_a_limit_a_minute, set_up, tear_down),
		cmocka_unit_test_setup_teardown(more_addresses_than_there_is_room_for_push_out_the_oldest, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
