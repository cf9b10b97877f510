/* The words and the bar of a category. */
#include "ctl/progress.h"

#include <stdio.h>
#include <string.h>

#include "ctl/figure.h"
#include "ctl/term.h"

enum { BAR_MAX = 24, BAR_MIN = 6, LINE = 1024, LABEL = 17 /* "Syncing playlists" */, PERCENT_RUNNING_MAX = 99 };

static bool is(const struct progress *progress, const char *state)
{
	return strcmp(progress->state, state) == 0;
}

static bool is_over(const struct progress *progress)
{
	return !is(progress, "queued") && !is(progress, "running");
}

int progress_percent(const struct progress *progress, struct progress_memory *memory)
{
	if (is(progress, "complete"))
		return 100;
	if (progress->total <= 0)
		return -1;
	int64_t percent = progress->items >= progress->total ? 100 : progress->items * 100 / progress->total;
	if (percent > PERCENT_RUNNING_MAX)
		percent = PERCENT_RUNNING_MAX;
	if (percent > memory->percent)
		memory->percent = (int)percent;
	return memory->percent;
}

int64_t progress_left_ms(int64_t done, int64_t elapsed_ms, int64_t left)
{
	if (done <= 0 || elapsed_ms < 2000 || left < 0)
		return -1;
	return (int64_t)((double)elapsed_ms / (double)done * (double)left);
}

static const char *verb(const struct progress *progress)
{
	if (progress->unchanged)
		return "Unchanged";
	if (is(progress, "queued"))
		return "Waiting";
	if (is(progress, "running"))
		return progress->again ? "Again" : "Syncing";
	if (is(progress, "complete"))
		return "Synced";
	return is(progress, "partial") ? "Partial" : is(progress, "failed") ? "Failed" : "Cancelled";
}

static void add_bar(struct buf *out, int percent, size_t width)
{
	size_t full = (size_t)percent * width / 100;
	buf_add_byte(out, '[');
	for (size_t i = 0; i < width; i++)
		buf_add_byte(out, i < full ? '#' : '-');
	buf_add_byte(out, ']');
}

/* What stands behind the bar. */
static void add_words(const struct progress *progress, int64_t items, int percent, struct buf *out)
{
	char text[FIGURE_TEXT], total[FIGURE_TEXT];
	bool running = !is_over(progress);
	if (running && progress->total > 0)
		buf_printf(out, "  %s of %s%s %s  %d %%", figure_count(items, text), progress->exact ? "" : "~",
		           figure_count(progress->total > items ? progress->total : items, total), progress->noun, percent);
	else
		buf_printf(out, "  %s %s", figure_count(items, text), progress->noun);
	if (running && percent >= 0 && progress->left_ms >= 0)
		buf_printf(out, "  %s left", figure_clock(progress->left_ms, text));
	if (progress->errors)
		buf_printf(out, "  %s", figure_many(progress->errors, "error", text));
}

void progress_line(const struct progress *progress, struct progress_memory *memory, size_t width, struct buf *out)
{
	struct buf words, line;
	char label[48];
	buf_init(&words, 512);
	buf_init(&line, LINE);
	int percent = progress_percent(progress, memory);
	if (progress->items > memory->items || is_over(progress))
		memory->items = progress->items;
	snprintf(label, sizeof label, "%s %s", verb(progress), progress->category);
	if (!is(progress, "queued") && !progress->unchanged)
		add_words(progress, memory->items, percent, &words);
	size_t around = LABEL + 4 + words.len;
	size_t bar = width > around ? width - around : 0;
	buf_printf(&line, words.len ? "%-*s" : "%.*s", words.len ? LABEL : 47, label);
	if (progress->bar && percent >= 0 && words.len && bar >= BAR_MIN) {
		buf_add_text(&line, "  ");
		add_bar(&line, percent, bar > BAR_MAX ? BAR_MAX : bar);
	}
	buf_add(&line, words.at, words.len);
	struct span cut = term_text_cut(buf_span(&line), width);
	buf_add(out, cut.at, cut.len);
	buf_done(&words);
	buf_done(&line);
}
