/* Goal: every thread that asks learns that the process is to end, and a signal counts once whoever of them reads it. Method: four
 * threads ask without a pause while signals come; the thread sanitizer looks on (tests/run tsan). */
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "common/stop.h"

enum { LONG_MS = 3600 * 1000 };

static void *ask_until(void *context)
{
	const enum stop_level *wanted = context;
	while (stop_level(LONG_MS) < *wanted)
		sched_yield();
	return NULL;
}

static void all_see(enum stop_level wanted)
{
	pthread_t threads[4];
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_until, &wanted), 0);
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(stop_level(LONG_MS), wanted);
}

static void all_threads_see_a_signal_and_each_counts_once(void **state)
{
	struct err err;
	(void)state;
	assert_int_equal(stop_open(&err), 0);
	assert_int_equal(stop_level(LONG_MS), STOP_RUN);
	all_see(STOP_DRAIN);
	all_see(STOP_NOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_threads_see_a_signal_and_each_counts_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
