/* Judged as writer/removal.c will, from the same ledger. */
#include "ctl/removals.h"

#include <stdio.h>
#include <string.h>

#include "common/category.h"
#include "common/sql.h"
#include "ctl/figure.h"
#include "ctl/table.h"
#include "writer/removal.h"

enum { JSON_BYTES = 64 * 1024 * 1024 };

/* As q_ctl_missed names them. */
static const char *const reason_names[REMOVALS_REASONS] = {"missed", "waiting", "held", "kept"};
/* ---- judging ---- */

static void judge(struct removals_forecast *forecast, const struct settings *settings)
{
	const int64_t *counts = forecast->counts;
	/* Without asking nobody knows whether the second walk will miss them as well; if it does: */
	int64_t missing = counts[REMOVALS_MISSED] + counts[REMOVALS_HELD] +
	                  (forecast->asked ? 0 : counts[REMOVALS_WAITING]);
	bool hold = missing && (forecast->unidentified || removal_is_too_many(settings, missing, forecast->here));
	forecast->removes = hold ? 0 : missing;
	forecast->holds = (hold ? missing : 0) + counts[REMOVALS_KEPT];
	forecast->waits = forecast->asked ? counts[REMOVALS_WAITING] : 0;
}

static int read_names(struct ctl *ctl, const struct removals_wish *wish, const PGresult *row, int i,
                      struct removals_forecast *forecast, struct err *err)
{
	char limit[24];
	struct buf json;
	buf_init(&json, wish->ids ? wish->ids[i].len + 16 : 0);
	if (wish->ids)
		buf_printf(&json, "[%s]", buf_text(&wish->ids[i]));
	snprintf(limit, sizeof limit, "%lld", (long long)wish->names);
	const char *values[] = {wish->account_id,
	                        forecast->category,
	                        pg_text(row, i, "since"),
	                        pg_text(row, i, "held_since"),
	                        wish->ids ? buf_text(&json) : NULL,
	                        forecast->alone ? "t" : "f",
	                        limit};
	int result = pg_query(ctl->pg, sql_text("q_ctl_missed"), COUNT_OF(values), values, &forecast->names, err);
	buf_done(&json);
	for (int n = 0; result == 0 && n < PQntuples(forecast->names); n++) {
		for (unsigned reason = 0; reason < REMOVALS_REASONS; reason++) {
			if (strcmp(reason_names[reason], pg_text(forecast->names, n, "why")) == 0)
				forecast->counts[reason] = pg_int(forecast->names, n, "of_why");
		}
	}
	return result;
}

static int read_forecast(struct ctl *ctl, const struct removals_wish *wish, const PGresult *rows, int i,
                         struct removals_forecast *forecast, struct err *err)
{
	bool strong = *pg_text(rows, i, "fence") == '!';
	*forecast = (struct removals_forecast){
		.category = category_name((enum category)i),
		.here = pg_int(rows, i, "here"),
		.unidentified = pg_int(rows, i, "unidentified"),
		.ever_complete = !pg_null(rows, i, "complete_at"),
		.asked = wish->ids != NULL,
		.alone = strong,
	};
	snprintf(forecast->complete_at, sizeof forecast->complete_at, "%s", pg_text(rows, i, "complete_at"));
	/* A walk that finds nothing at all is no proof alone. */
	if (wish->totals)
		forecast->alone = (strong || wish->totals->snapshot[i]) && wish->totals->items[i] > 0;
	if (read_names(ctl, wish, rows, i, forecast, err))
		return -1;
	judge(forecast, &ctl->settings);
	return 0;
}

/* ---- telling ---- */

const char *removals_sentence(const struct removals_forecast *forecast, const struct settings *settings,
                              char text[REMOVALS_SENTENCE])
{
	char removes[FIGURE_TEXT], holds[FIGURE_TEXT], waits[FIGURE_TEXT];
	int64_t kept = forecast->counts[REMOVALS_KEPT];
	const char *only = forecast->asked ? "" : ", if it misses them too";
	figure_count(forecast->removes, removes);
	figure_count(forecast->holds, holds);
	figure_count(forecast->waits, waits);
	if (forecast->holds > kept && forecast->unidentified)
		snprintf(text, REMOVALS_SENTENCE, "holds %s%s: %lld listed without an id could be among them", holds, only,
		         (long long)forecast->unidentified);
	else if (forecast->holds > kept)
		snprintf(text, REMOVALS_SENTENCE, "holds %s%s: more than %lld items and %lld %% of %lld", holds, only,
		         (long long)settings->removal_items, (long long)settings->removal_percent, (long long)forecast->here);
	else if (forecast->removes)
		snprintf(text, REMOVALS_SENTENCE, "removes %s%s%s%s%s", removes, only, kept ? "; holds " : "",
		         kept ? holds : "", kept ? " that a person brought back" : "");
	else if (kept)
		snprintf(text, REMOVALS_SENTENCE, "holds %s that a person brought back, unless they are listed", holds);
	else if (forecast->waits)
		snprintf(text, REMOVALS_SENTENCE, "removes nothing: %s must be missed by a second sync", waits);
	else
		snprintf(text, REMOVALS_SENTENCE, "%s",
		         forecast->ever_complete ? "nothing is missing" : "never synced completely yet");
	return text;
}

static enum paint paint_of(const struct removals_forecast *forecast)
{
	if (forecast->removes || forecast->holds || forecast->waits)
		return PAINT_YELLOW;
	return forecast->ever_complete ? PAINT_GREEN : PAINT_DIM;
}

static void print_names(const struct removals_forecast *forecast)
{
	static const char *const titles[REMOVALS_REASONS] = {
		[REMOVALS_MISSED] = "not listed any more, and proved",
		[REMOVALS_WAITING] = "missed by one walk, waiting for a second",
		[REMOVALS_HELD] = "held until confirmed",
		[REMOVALS_KEPT] = "brought back by a person, held when not listed",
	};
	char count[FIGURE_TEXT];
	for (unsigned reason = 0; reason < REMOVALS_REASONS; reason++) {
		int64_t left = forecast->counts[reason];
		if (left == 0)
			continue;
		term_print(stdout, PAINT_BOLD, "\n%s", forecast->category);
		printf(": %s %s\n", figure_count(left, count), titles[reason]);
		for (int i = 0; i < PQntuples(forecast->names); i++) {
			if (strcmp(pg_text(forecast->names, i, "why"), reason_names[reason]) != 0)
				continue;
			printf("  ");
			term_write(stdout, span_of(pg_text(forecast->names, i, "label")));
			printf("  ");
			term_write(stdout, span_of(pg_text(forecast->names, i, "id")));
			putchar('\n');
			left--;
		}
		if (left > 0)
			printf("  ... and %s more\n", figure_count(left, count));
	}
}

static void print_table(const struct removals_wish *wish, const struct settings *settings,
                        const struct removals_forecast forecasts[CATEGORY_COUNT])
{
	static const struct table_column columns[] = {{"category", SIDE_LEFT},
	                                              {"here", SIDE_RIGHT},
	                                              {"proof", SIDE_LEFT},
	                                              {"the next complete sync", SIDE_FLEXIBLE}};
	struct table table;
	bool held = false;
	table_init(&table, columns, COUNT_OF(columns));
	for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
		char text[REMOVALS_SENTENCE];
		removals_sentence(&forecasts[i], settings, text);
		table_add(&table, PAINT_BOLD, forecasts[i].category);
		table_add_count(&table, PAINT_NONE, forecasts[i].here);
		table_add(&table, PAINT_DIM, forecasts[i].alone ? "one walk" : "two walks");
		table_add(&table, paint_of(&forecasts[i]), text);
		held |= forecasts[i].counts[REMOVALS_HELD] > 0;
	}
	table_show(&table);
	table_done(&table);
	for (unsigned i = 0; i < CATEGORY_COUNT; i++)
		print_names(&forecasts[i]);
	if (held)
		printf("\nHeld ones are looked at and removed with: syncline confirm %s\n", wish->account);
	if (!wish->ids)
		printf("\nFrom what the walks so far have seen. With what the server lists now: syncline verify %s --removals "
		       "--ask\n",
		       wish->account);
}

static int print_json(const struct removals_wish *wish, const struct settings *settings,
                      const struct removals_forecast *forecast, struct err *err)
{
	struct buf out;
	char text[REMOVALS_SENTENCE];
	buf_init(&out, JSON_BYTES);
	buf_printf(&out, "{\"account\":\"%s\",\"category\":\"%s\",\"asked\":%s,\"complete_at\":", wish->account,
	           forecast->category, forecast->asked ? "true" : "false");
	if (*forecast->complete_at)
		buf_add_json_text(&out, span_of(forecast->complete_at));
	else
		buf_add_text(&out, "null");
	buf_printf(&out, ",\"here\":%lld,\"one_walk_is_proof\":%s,\"removes\":%lld,\"holds\":%lld,\"waits\":%lld",
	           (long long)forecast->here, forecast->alone ? "true" : "false", (long long)forecast->removes,
	           (long long)forecast->holds, (long long)forecast->waits);
	for (unsigned reason = 0; reason < REMOVALS_REASONS; reason++)
		buf_printf(&out, ",\"%s\":%lld", reason_names[reason], (long long)forecast->counts[reason]);
	buf_add_text(&out, ",\"text\":");
	buf_add_json_text(&out, span_of(removals_sentence(forecast, settings, text)));
	buf_add_text(&out, ",\"items\":[");
	for (int i = 0; i < PQntuples(forecast->names); i++) {
		buf_printf(&out, "%s{\"why\":\"%s\",\"id\":", i ? "," : "", pg_text(forecast->names, i, "why"));
		buf_add_json_text(&out, span_of(pg_text(forecast->names, i, "id")));
		buf_add_text(&out, ",\"label\":");
		buf_add_json_text(&out, span_of(pg_text(forecast->names, i, "label")));
		buf_add_byte(&out, '}');
	}
	buf_add_text(&out, "]}");
	int result = buf_ok(&out) ? 0 : err_set(err, ERR_CONFIG, 0, "so many names do not fit; lower --limit");
	if (result == 0)
		puts(buf_text(&out));
	buf_done(&out);
	return result;
}

/* A whole library is compared with what was seen: by hashes, also where the planner believes both to be small. */
static int read_all(struct ctl *ctl, const struct removals_wish *wish,
                    struct removals_forecast forecasts[CATEGORY_COUNT], struct err *err)
{
	PG_RESULT *rows = NULL;
	const char *values[] = {wish->account_id, NULL};
	if (pg_exec(ctl->pg, "BEGIN READ ONLY; SET LOCAL enable_nestloop = off", err) ||
	    pg_query(ctl->pg, sql_text("q_ctl_removals"), COUNT_OF(values), values, &rows, err))
		return -1;
	for (int i = 0; i < CATEGORY_COUNT; i++) {
		if (read_forecast(ctl, wish, rows, i, &forecasts[i], err))
			return -1;
	}
	return pg_exec(ctl->pg, "COMMIT", err);
}

int removals_read(struct ctl *ctl, const struct removals_wish *wish, struct removals_forecast forecasts[CATEGORY_COUNT],
                  struct err *err)
{
	struct err ignored;
	memset(forecasts, 0, CATEGORY_COUNT * sizeof forecasts[0]);
	if (read_all(ctl, wish, forecasts, err) == 0)
		return 0;
	IGNORE(pg_exec(ctl->pg, "ROLLBACK", &ignored)); /* the first error is the one to tell */
	return -1;
}

void removals_done(struct removals_forecast forecasts[CATEGORY_COUNT])
{
	for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
		PQclear(forecasts[i].names);
		forecasts[i].names = NULL;
	}
}

int removals_show(struct ctl *ctl, const struct removals_wish *wish, bool *any, struct err *err)
{
	struct removals_forecast forecasts[CATEGORY_COUNT];
	*any = false;
	int result = removals_read(ctl, wish, forecasts, err);
	for (int i = 0; i < CATEGORY_COUNT && result == 0; i++) {
		*any |= forecasts[i].removes || forecasts[i].holds;
		if (ctl->json)
			result = print_json(wish, &ctl->settings, &forecasts[i], err);
	}
	if (result == 0 && !ctl->json)
		print_table(wish, &ctl->settings, forecasts);
	removals_done(forecasts);
	return result;
}
