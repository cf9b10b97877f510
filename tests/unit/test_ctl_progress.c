/* Goal: the line of progress never lies and never jumps back. Method: one category's states, rendered as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ctl/progress.h"
#include "ctl/term.h"

static const struct progress running = {.category = "albums",
                                        .noun = "albums",
                                        .state = "running",
                                        .items = 150,
                                        .total = 1000,
                                        .errors = 2,
                                        .left_ms = 12000,
                                        .bar = true};

static const char *line_of(struct progress progress, struct progress_memory *memory, size_t width)
{
	static char text[1024];
	struct buf out;
	buf_init(&out, sizeof text);
	progress_line(&progress, memory, width, &out);
	assert_true(buf_ok(&out) && out.len < sizeof text);
	memcpy(text, out.at, out.len);
	text[out.len] = '\0';
	buf_done(&out);
	return text;
}

static void a_running_category_shows_bar_figures_time_and_errors(void **state)
{
	struct progress_memory memory = {0};
	(void)state;
	assert_string_equal(line_of(running, &memory, 100),
	                    "Syncing albums     [###---------------------]  150 of ~1,000 albums  "
	                    "15 %  0:12 left  2 errors");
}

static void an_exact_total_has_no_tilde(void **state)
{
	struct progress_memory memory = {0};
	struct progress exact = running;
	(void)state;
	exact.exact = true;
	assert_non_null(strstr(line_of(exact, &memory, 100), "  150 of 1,000 albums  15 %"));
}

static void without_a_total_there_is_no_percentage_and_no_bar(void **state)
{
	struct progress_memory memory = {0};
	struct progress unknown = running;
	(void)state;
	unknown.total = 0;
	unknown.left_ms = -1;
	assert_string_equal(line_of(unknown, &memory, 100), "Syncing albums     150 albums  2 errors");
}

static void more_items_than_estimated_are_never_above_99_percent_while_running(void **state)
{
	struct progress_memory memory = {0};
	struct progress more = running;
	(void)state;
	more.items = 1200;
	assert_non_null(strstr(line_of(more, &memory, 100), "  1,200 of ~1,200 albums  99 %"));
}

static void a_walk_that_begins_again_does_not_move_the_bar_back(void **state)
{
	struct progress_memory memory = {0};
	struct progress again = running;
	(void)state;
	again.items = 800;
	line_of(again, &memory, 100);
	again.items = 10;
	again.again = true;
	assert_non_null(strstr(line_of(again, &memory, 100), "  800 of ~1,000 albums  80 %"));
}

static void a_growing_estimate_does_not_move_the_percentage_back(void **state)
{
	struct progress_memory memory = {0};
	struct progress grows = running;
	(void)state;
	grows.items = 500;
	assert_int_equal(progress_percent(&grows, &memory), 50);
	grows.total = 4000;
	assert_int_equal(progress_percent(&grows, &memory), 50);
}

static void a_complete_category_is_100_percent_and_tells_its_real_count(void **state)
{
	struct progress_memory memory = {.items = 1100, .percent = 99};
	struct progress done = running;
	(void)state;
	done.state = "complete";
	done.items = 1000;
	assert_string_equal(line_of(done, &memory, 100),
	                    "Synced albums      [########################]  1,000 albums  2 errors");
}

static void a_queued_and_an_unchanged_category_have_no_figures(void **state)
{
	struct progress_memory memory = {0};
	struct progress other = running;
	(void)state;
	other.state = "queued";
	assert_string_equal(line_of(other, &memory, 100), "Waiting albums");
	other.state = "complete";
	other.unchanged = true;
	assert_string_equal(line_of(other, &memory, 100), "Unchanged albums");
}

static void no_line_is_wider_than_the_terminal(void **state)
{
	(void)state;
	for (size_t width = 1; width < 160; width++) {
		struct progress_memory memory = {0};
		const char *line = line_of(running, &memory, width);
		assert_true(term_text_width(span_of(line)) <= width);
	}
}

static void the_bar_shrinks_before_words_are_cut(void **state)
{
	struct progress_memory memory = {0};
	(void)state;
	const char *line = line_of(running, &memory, 80);
	assert_non_null(strstr(line, "2 errors"));
	assert_non_null(strstr(line, "[#"));
}

static void time_left_is_told_only_after_two_seconds_of_pace(void **state)
{
	(void)state;
	assert_int_equal(progress_left_ms(100, 1999, 900), -1);
	assert_int_equal(progress_left_ms(0, 60000, 900), -1);
	assert_int_equal(progress_left_ms(100, 2000, 900), 18000);
	assert_int_equal(progress_left_ms(100, 2000, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_running_category_shows_bar_figures_time_and_errors),
		cmocka_unit_test(an_exact_total_has_no_tilde),
		cmocka_unit_test(without_a_total_there_is_no_percentage_and_no_bar),
		cmocka_unit_test(more_items_than_estimated_are_never_above_99_percent_while_running),
		cmocka_unit_test(a_walk_that_begins_again_does_not_move_the_bar_back),
		cmocka_unit_test(a_growing_estimate_does_not_move_the_percentage_back),
		cmocka_unit_test(a_complete_category_is_100_percent_and_tells_its_real_count),
		cmocka_unit_test(a_queued_and_an_unchanged_category_have_no_figures),
		cmocka_unit_test(no_line_is_wider_than_the_terminal),
		cmocka_unit_test(the_bar_shrinks_before_words_are_cut),
		cmocka_unit_test(time_left_is_told_only_after_two_seconds_of_pace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
