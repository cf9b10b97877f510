/* Goal: no receiver, nor what leads to it, holds up the posts to others. Method: a name server that does not answer. Receivers that
 * do are asked by tests/integration/test_console_webhooks.c. */
#include "unit.h"

#include "common/clock.h"
#include "console/webhook_post.h"
#include "silent_name_server.h"

/* Until a timeout, and while it is asked. */
static void a_name_server_that_does_not_answer_holds_nothing_up(void **state)
{
	const struct posting posting = {"https://hooks.example/x", "", {"{}", 2}, false};
	int64_t begin_ms = clock_ms();
	struct posts *posts;
	struct post_end end;
	struct err err;
	int owner;
	(void)state;
	assert_int_equal(posts_open(150, &posts, &err), 0);
	assert_int_equal(posts_start(posts, &posting, &owner, &err), 0);
	while (!posts_finished(posts, &end))
		posts_wait(posts, 100);
	assert_false(end.delivered);
	assert_non_null(strstr(end.error, "no answer within"));
	assert_int_equal(posts_start(posts, &posting, &owner, &err), 0);
	posts_wait(posts, 0);
	posts_close(&posts);
	assert_true(clock_ms() - begin_ms < NAME_SERVER_SECONDS * 1000 / 2);
	name_server_answer(); /* after all; and nobody is there any more */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_server_that_does_not_answer_holds_nothing_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
