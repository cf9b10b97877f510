/* Goal: a list with a `next` cannot end early, run in circles or change its length unnoticed. Method: rows of what was known
 * before a page, what the page says, and what that means. */
#include "unit.h"

#include "fetcher/promise.h"

static const struct request by_next = {.name = "tracks", .paging = PAGING_NEXT, .list = "items", .next = "next"};
static const struct request by_after = {.name = "following", .paging = PAGING_AFTER, .list = "items", .next = "next"};

struct row {
	const char *name;
	const struct request *request;
	struct promised promised;
	int64_t entries, total;
	bool goes_on;
	int64_t next_offset;
	const char *after;
	enum promise expected;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		struct page_facts facts = {.entries = row->entries,
		                           .total = row->total,
		                           .goes_on = row->goes_on,
		                           .next_offset = row->next_offset};
		snprintf(facts.after, sizeof facts.after, "%s", row->after ? row->after : "");
		enum promise promise = promise_check(row->request, &row->promised, &facts);
		if (promise != row->expected)
			fail_msg("%s: %d instead of %d", row->name, (int)promise, (int)row->expected);
	}
}

static void a_list_ends_only_where_its_pages_say_so(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"a first page that is the last", &by_next, {0, 50, 0, ""}, 3, 3, false, -1, NULL, PROMISE_KEPT},
		{"an empty library", &by_next, {0, 50, 0, ""}, 0, 0, false, -1, NULL, PROMISE_KEPT},
		{"an empty first page that goes on", &by_next, {0, 50, 0, ""}, 0, 90, true, 50, NULL, PROMISE_EMPTY},
		{"nothing after a page that promised more", &by_next, {50, 50, 101, ""}, 0, 101, false, -1, NULL, PROMISE_EMPTY},
		{"a last page of which nothing is shown", &by_next, {50, 50, 100, ""}, 0, 100, false, -1, NULL, PROMISE_EARLY},
		{"the same without any total", &by_next, {50, 50, 0, ""}, 0, -1, false, -1, NULL, PROMISE_EMPTY},
		{"a full page that tells no length and no next, in a longer list",
	     &by_next,
	     {100, 100, 250, ""},
	     100,
	     -1,
	     false,
	     -1,
	     NULL,
	     PROMISE_EARLY},
		{"one page too many, but all that is counted is here",
	     &by_next,
	     {90, 50, 90, ""},
	     0,
	     90,
	     false,
	     -1,
	     NULL,
	     PROMISE_KEPT},
		{"one page too many that promises another", &by_next, {90, 50, 90, ""}, 0, 90, true, 140, NULL, PROMISE_EMPTY},
		{"a short page that goes on", &by_next, {0, 50, 0, ""}, 47, 90, true, 50, NULL, PROMISE_KEPT},
		{"a last page that begins before its place",
	     &by_next,
	     {150, 25, 168, ""},
	     22,
	     168,
	     false,
	     -1,
	     NULL,
	     PROMISE_CHANGED},
		{"nobody followed", &by_after, {0, 50, 0, ""}, 0, 0, false, -1, "", PROMISE_KEPT},
		{"an empty page behind an artist", &by_after, {50, 50, 60, "a50"}, 0, 60, false, -1, "", PROMISE_EARLY},
		{"the same with more behind it", &by_after, {50, 50, 120, "a50"}, 0, 120, false, -1, "", PROMISE_EMPTY},
	};
	check_rows(rows, COUNT_OF(rows));
}

static void a_list_never_runs_in_circles(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"goes on behind the page", &by_next, {50, 50, 200, ""}, 50, 200, true, 100, NULL, PROMISE_KEPT},
		{"goes on where it was", &by_next, {50, 50, 200, ""}, 50, 200, true, 50, NULL, PROMISE_BACK},
		{"goes back", &by_next, {50, 50, 200, ""}, 50, 200, true, 0, NULL, PROMISE_BACK},
		{"goes on past what it has shown", &by_next, {50, 50, 200, ""}, 50, 200, true, 101, NULL, PROMISE_BACK},
		{"goes on behind more than was asked for", &by_next, {50, 20, 200, ""}, 50, 200, true, 100, NULL, PROMISE_KEPT},
		{"goes on without a place: by the size of the page",
	     &by_next,
	     {50, 50, 200, ""},
	     50,
	     200,
	     true,
	     -1,
	     NULL,
	     PROMISE_KEPT},
		{"goes on behind another artist", &by_after, {50, 50, 200, "a50"}, 50, 200, true, -1, "a100", PROMISE_KEPT},
		{"goes on behind the same artist", &by_after, {50, 50, 200, "a50"}, 50, 200, true, -1, "a50", PROMISE_BACK},
		{"goes on behind nobody", &by_after, {50, 50, 200, "a50"}, 50, 200, true, -1, "", PROMISE_BACK},
	};
	check_rows(rows, COUNT_OF(rows));
}

static void a_list_that_changes_its_length_is_noticed(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"as before", &by_next, {50, 50, 200, ""}, 50, 200, true, 100, NULL, PROMISE_KEPT},
		{"longer", &by_next, {50, 50, 200, ""}, 50, 201, true, 100, NULL, PROMISE_CHANGED},
		{"shorter than where the page begins: the front once more",
	     &by_next,
	     {50, 50, 90, ""},
	     40,
	     40,
	     false,
	     -1,
	     NULL,
	     PROMISE_BEHIND},
		{"the same after a takeover, when no length is known",
	     &by_next,
	     {50, 50, 0, ""},
	     40,
	     40,
	     false,
	     -1,
	     NULL,
	     PROMISE_BEHIND},
		{"shorter, on its last page", &by_next, {50, 50, 90, ""}, 39, 89, false, -1, NULL, PROMISE_CHANGED},
		{"not told any more (followed artists, when all are read)",
	     &by_after,
	     {50, 50, 60, "a50"},
	     10,
	     -1,
	     false,
	     -1,
	     "",
	     PROMISE_KEPT},
		{"told for the first time", &by_next, {50, 50, 0, ""}, 50, 200, true, 100, NULL, PROMISE_KEPT},
	};
	check_rows(rows, COUNT_OF(rows));
}

static void an_end_long_before_the_length_that_is_told_is_none(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"no next where one was due", &by_next, {50, 50, 900, ""}, 50, 900, false, -1, NULL, PROMISE_EARLY},
		{"the same on the first page", &by_next, {0, 50, 0, ""}, 50, 51, false, -1, NULL, PROMISE_EARLY},
		{"a list of 70 that shows nothing", &by_next, {0, 50, 0, ""}, 0, 70, false, -1, NULL, PROMISE_EMPTY},
		{"a list of 3 that shows nothing", &by_next, {0, 50, 0, ""}, 0, 3, false, -1, NULL, PROMISE_EARLY},
		{"artists without another one behind them", &by_after, {0, 50, 0, ""}, 50, 120, false, -1, "", PROMISE_EARLY},
		{"two that are counted and not shown", &by_next, {50, 50, 99, ""}, 47, 99, false, -1, NULL, PROMISE_KEPT},
		{"all counted, in a page larger than asked for",
	     &by_next,
	     {0, 50, 0, ""},
	     100,
	     100,
	     false,
	     -1,
	     NULL,
	     PROMISE_KEPT},
		{"no length is told", &by_next, {50, 50, 0, ""}, 50, -1, false, -1, NULL, PROMISE_KEPT},
	};
	check_rows(rows, COUNT_OF(rows));
}

static void positions_follow_the_next_link_and_else_the_size_asked_for(void **state)
{
	(void)state;
	const struct page_facts told = {.entries = 98, .goes_on = true, .next_offset = 100},
							silent = {.entries = 98, .goes_on = true, .next_offset = -1};
	assert_int_equal(promise_next_offset(&told, 0, 100), 100);
	assert_int_equal(promise_next_offset(&silent, 100, 100), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_ends_only_where_its_pages_say_so),
		cmocka_unit_test(a_list_never_runs_in_circles),
		cmocka_unit_test(a_list_that_changes_its_length_is_noticed),
		cmocka_unit_test(an_end_long_before_the_length_that_is_told_is_none),
		cmocka_unit_test(positions_follow_the_next_link_and_else_the_size_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
