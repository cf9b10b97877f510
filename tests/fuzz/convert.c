/* Times, dates and names as servers write them. Input: text. Holds: a moment or date that is told is one that Postgres can
 * store; tidied text is valid, not longer than allowed, and tidy already. */
#include "tests/fuzz/fuzz.h"

#include "common/arena.h"
#include "common/limits.h"
#include "common/moment.h"
#include "writer/copy.h"

static void check_moments(struct span text)
{
	const int64_t year_us = 366LL * 86400 * 1000000;
	int64_t us = INT64_MIN, number = 0;
	struct date date = {0};
	if (moment_of_text(text, &us) == MOMENT_TOLD)
		assert(us > -1970 * year_us && us < 8100 * year_us && us > COPY_TIME_MIN);
	if (text.len >= sizeof number)
		memcpy(&number, text.at, sizeof number);
	if (moment_of_number(number, &us) == MOMENT_TOLD)
		assert(us > 0 && us < 8100 * year_us);
	if (date_of_text(text, &date) != MOMENT_TOLD)
		return;
	assert(date.year >= 1 && date.year <= 9999 && date.month >= 0 && date.month <= 12 && date.day >= 0);
	assert(date.day <= 31 && (date.month || !date.day));
}

static void check_tidy(struct span text)
{
	struct arena arena;
	struct span tidy, again;
	char cut[64];
	arena_init(&arena, 16 * text.len + 1024);
	if (text_valid(text)) {
		assert(text_tidy(text, &arena, &tidy) && text_valid(tidy));
		assert(text_tidy(tidy, &arena, &again) && span_equal(tidy, again));
		assert(!tidy.len || (tidy.at[0] != ' ' && tidy.at[tidy.len - 1] != ' '));
		assert(text_valid(text_cut(text, 10)) && text_cut(text, 10).len <= 10);
	}
	arena_done(&arena);
	IGNORE(!span_copy(text, cut, sizeof cut)); /* the cut may fall into a character: that is what is mended */
	fuzz_check_text(text_mend(cut, 40), 40);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_exact(fuzz_input(data, size));
	check_moments(input);
	check_tidy(input);
	free((void *)(uintptr_t)input.at);
	return 0;
}
