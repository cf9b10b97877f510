/* Goal: what a job asks for is what its lease and its marks say. Method: rows of modes. */
#include "fetcher/lease.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void a_mode_comes_back_as_it_was_asked_for(void **state)
{
	static const struct row {
		const char *mode, *told;
		bool known, full;
		enum replay_kind replay;
	} rows[] = {
		{"full", "full", true, true, REPLAY_NONE},
		{"incremental", "incremental", true, false, REPLAY_NONE},
		{"", "incremental", true, false, REPLAY_NONE},
		{"replay", "replay", true, false, REPLAY_ALL},
		{"replay-rejects", "replay-rejects", true, false, REPLAY_REJECTS},
		{"Full", "incremental", false, false, REPLAY_NONE},
		{"replays", "incremental", false, false, REPLAY_NONE},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct lease lease = {.full = !rows[i].full, .replay = REPLAY_ALL};
		assert_int_equal(lease_set_mode(&lease, span_of(rows[i].mode)), rows[i].known);
		assert_string_equal(lease_mode(&lease), rows[i].told);
		assert_int_equal(lease.full, rows[i].full);
		assert_int_equal(lease.replay, rows[i].replay);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mode_comes_back_as_it_was_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
