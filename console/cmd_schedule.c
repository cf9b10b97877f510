/* `syncline schedule ...`: when accounts are synced by themselves. */
#include <stdio.h>

#include "common/clock.h"
#include "common/sql.h"
#include "console/schedule.h"
#include "ctl/args.h"
#include "ctl/enqueue.h"
#include "ctl/table.h"

static int print_row(struct ctl *ctl, const char *account_id)
{
	struct err err;
	return ctl_print_json(ctl, sql_text("q_schedule_list"), 1, &account_id, &err) ? ctl_fail(&err) : EXIT_OK;
}

/* ---- set ---- */

static int print_runs(struct ctl *ctl, const struct schedule *schedule, struct err *err)
{
	char runs[SCHEDULE_RUNS][SCHEDULE_LOCAL];
	if (schedule_runs(ctl->pg, schedule, runs, SCHEDULE_RUNS, err))
		return -1;
	printf("Next runs, on the clocks of %s%s:\n", schedule->zone,
	       schedule->jitter_s ? ", each a little later by chance" : "");
	for (int i = 0; i < SCHEDULE_RUNS; i++)
		printf("  %s\n", runs[i]);
	puts("They are started by `syncline serve`, or by `syncline scheduler`: one of them must run.");
	return 0;
}

static int run_set(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"ACCOUNT", "RULE"};
	struct schedule_wish wish = {.zone = "UTC", .mode = "incremental"};
	const char *words[2], *field;
	char account_id[ID_TEXT];
	struct err err;
	struct schedule schedule;
	const struct option_spec options[] = {{"zone", OPTION_TEXT, &wish.zone, 0},
	                                      {"jitter", OPTION_NUMBER, &wish.jitter_min, SCHEDULE_JITTER_MOST_MIN},
	                                      {"mode", OPTION_TEXT, &wish.mode, 0},
	                                      {"skip-missed", OPTION_FLAG, &wish.skip_missed, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 2, 2, names};
	if (args_read(&args, argc, argv, words, &err))
		return ctl_fail(&err);
	wish.rule = words[1];
	if (enqueue_check_mode("--mode", wish.mode, &err) || ctl_database(ctl, true, &err) ||
	    schedule_read(ctl->pg, &wish, &schedule, &field, &err) || ctl_find_account(ctl, words[0], account_id, &err) ||
	    schedule_store(ctl->pg, account_id, &schedule, &err))
		return ctl_fail(&err);
	if (ctl->json)
		return print_row(ctl, account_id);
	printf("Account %s is synced by the rule \"%s\" from now on.\n", words[0], schedule.rule);
	return print_runs(ctl, &schedule, &err) ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_schedule_set = {
	.name = "schedule set",
	.args = "ACCOUNT RULE [--zone Z] [--jitter MIN] [--mode full] [--skip-missed] [--json]",
	.help = "sync an account by itself, by a rule",
	.text =
		"An account has one rule at most; a new one takes the place of the old, and ends its pause. RULE is one word\n"
		"for the shell, so quote it:\n\n"
		"  \"every 6h\"       an interval: m, h or d, from 5m to 366d, counted from the last run\n"
		"  \"30 3 * * *\"     cron: minute, hour, day of month, month, day of week; also lists (1,15), ranges (mon-fri)\n"
		"                   and steps (*/15); when both kinds of day are given, either counts\n"
		"  @daily           and @hourly, @weekly, @monthly, @yearly\n\n"
		"  --zone Z         whose clocks a cron expression is meant by, e.g. Europe/Berlin (default: UTC). A time that\n"
		"                   is left out when clocks are put forward is taken an hour later; one that comes twice when\n"
		"                   they are put back is taken once, the first time\n"
		"  --jitter MIN     begin up to this many minutes later, by chance, so that accounts do not all begin at once;\n"
		"                   one that is longer than the time between two runs leaves some out\n"
		"  --mode full      read everything each time; incremental (default): leave out what has not changed\n"
		"  --skip-missed    leave out a run that is more than 10 minutes late because no scheduler was running; else\n"
		"                   one is done as soon as one runs, however many were missed\n\n"
		"A run is left out while the last one by the rule has not ended. Syncs by a rule are in the background: those\n"
		"that people ask for go first.\n\n"
		"  syncline schedule set home \"every 6h\"\n"
		"  syncline schedule set home \"30 3 * * *\" --zone Europe/Berlin --jitter 20\n"
		"  syncline schedule set home \"0 4 * * sun\" --mode full\n\n"
		"Exit code: 0 stored; 2 the rule or zone cannot be understood; 4 no such account.\n",
	.run = run_set,
};

/* ---- list ---- */

static int add_row(struct ctl *ctl, struct table *table, const PGresult *rows, int i, struct err *err)
{
	struct schedule schedule = {0};
	int64_t next_ms = pg_int(rows, i, "next_ms"), last_ms = pg_int(rows, i, "last_ms"), then_ms = 0;
	char next[SCHEDULE_LOCAL] = "paused", then[SCHEDULE_LOCAL] = "", last[SCHEDULE_LOCAL] = "never";
	bool fits = span_copy(span_of(pg_text(rows, i, "rule")), schedule.rule, sizeof schedule.rule) &&
	            span_copy(span_of(pg_text(rows, i, "zone")), schedule.zone, sizeof schedule.zone);
	if (!fits)
		return err_set(err, ERR_CONFIG, 0, "the rule of %s is too long; set it again", pg_text(rows, i, "account"));
	if (next_ms && (schedule_local(ctl->pg, schedule.zone, next_ms, next, err) ||
	                schedule_next(ctl->pg, &schedule, next_ms, &then_ms, err) ||
	                schedule_local(ctl->pg, schedule.zone, then_ms, then, err)))
		return -1;
	if (last_ms && schedule_local(ctl->pg, schedule.zone, last_ms, last, err))
		return -1;
	table_add(table, PAINT_BOLD, pg_text(rows, i, "account"));
	table_add(table, PAINT_NONE, schedule.rule);
	table_add(table, PAINT_NONE, schedule.zone);
	table_add(table, PAINT_NONE, pg_text(rows, i, "mode"));
	table_add(table, next_ms ? PAINT_NONE : PAINT_YELLOW, next);
	table_add(table, PAINT_DIM, then);
	table_add(table, PAINT_NONE, last);
	return 0;
}

static int print_schedules(struct ctl *ctl, const PGresult *rows, struct err *err)
{
	static const struct table_column columns[] = {{"account", SIDE_LEFT}, {"rule", SIDE_FLEXIBLE}, {"zone", SIDE_LEFT},
	                                              {"mode", SIDE_LEFT},    {"next run", SIDE_LEFT}, {"then", SIDE_LEFT},
	                                              {"last run", SIDE_LEFT}};
	struct table table;
	int result = 0;
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(rows) && result == 0; i++)
		result = add_row(ctl, &table, rows, i, err);
	if (result == 0)
		table_show(&table);
	table_done(&table);
	return result;
}

static int run_list(struct ctl *ctl, int argc, char **argv)
{
	static const char sql[] =
		"SELECT a.name AS account, s.rule, s.zone, s.mode, "
		"CASE WHEN NOT s.paused THEN (extract(epoch FROM s.next_at) * 1000)::bigint END AS next_ms, "
		"(extract(epoch FROM s.last_at) * 1000)::bigint AS last_ms "
		"FROM schedule s JOIN account a USING (account_id) ORDER BY a.name";
	struct err err;
	PG_RESULT *rows = NULL;
	const struct args args = {.ctl = ctl, .json = true};
	if (args_read(&args, argc, argv, NULL, &err) || ctl_database(ctl, true, &err))
		return ctl_fail(&err);
	if (ctl->json)
		return print_row(ctl, NULL);
	if (pg_query(ctl->pg, sql, 0, NULL, &rows, &err))
		return ctl_fail(&err);
	if (PQntuples(rows) == 0)
		puts("No account is synced by itself. Give one a rule: syncline schedule set --help");
	else if (print_schedules(ctl, rows, &err))
		return ctl_fail(&err);
	return EXIT_OK;
}

const struct command command_schedule_list = {
	.name = "schedule list",
	.args = "[--json]",
	.help = "rules, when each runs next and ran last",
	.text =
		"All accounts with a rule. Times are on the clocks of the rule's zone (with --json: with their offset); the\n"
		"next run is with its jitter, the one behind it without.\n\n"
		"  syncline schedule list\n",
	.run = run_list,
};

/* ---- pause, resume, remove ---- */

/* Reads the one word, an account, of a command. */
static int read_account(struct ctl *ctl, int argc, char **argv, const char **account, char account_id[ID_TEXT],
                        struct err *err)
{
	static const char *const names[] = {"ACCOUNT"};
	const struct args args = {.ctl = ctl, .json = true, .words_min = 1, .words_max = 1, .names = names};
	return args_read(&args, argc, argv, account, err) || ctl_database(ctl, true, err) ||
	               ctl_find_account(ctl, *account, account_id, err)
	           ? -1
	           : 0;
}

static int change(struct ctl *ctl, int argc, char **argv, bool paused, const char *said)
{
	const char *account;
	char account_id[ID_TEXT];
	struct err err;
	if (read_account(ctl, argc, argv, &account, account_id, &err) || schedule_pause(ctl->pg, account_id, paused, &err))
		return ctl_fail(&err);
	if (ctl->json)
		return print_row(ctl, account_id);
	printf("The schedule of %s %s %s\n", account, said, account);
	return EXIT_OK;
}

static int run_pause(struct ctl *ctl, int argc, char **argv)
{
	return change(ctl, argc, argv, true, "is paused. To let it go on: syncline schedule resume");
}

static int run_resume(struct ctl *ctl, int argc, char **argv)
{
	return change(ctl, argc, argv, false, "is on. For a sync at once: syncline sync");
}

static int run_remove(struct ctl *ctl, int argc, char **argv)
{
	const char *account;
	char account_id[ID_TEXT];
	struct err err;
	if (read_account(ctl, argc, argv, &account, account_id, &err) || schedule_remove(ctl->pg, account_id, &err))
		return ctl_fail(&err);
	if (ctl->json)
		printf("{\"account\":\"%s\",\"removed\":true}\n", account);
	else
		printf("Account %s is no longer synced by itself.\n", account);
	return EXIT_OK;
}

const struct command command_schedule_pause = {
	.name = "schedule pause",
	.args = "ACCOUNT [--json]",
	.help = "leave an account's rule out for a while",
	.text =
		"The rule is kept and not followed. A sync that runs goes on, and people may still ask for one; to stop those\n"
		"as well: syncline pause.\n\n"
		"  syncline schedule pause home\n\n"
		"Exit code: 0 paused (also if it was); 4 no such account, or it has no schedule.\n",
	.run = run_pause,
};

const struct command command_schedule_resume = {
	.name = "schedule resume",
	.args = "ACCOUNT [--json]",
	.help = "follow an account's rule again",
	.text = "Its next run is the next by the rule from now on: what lay in the pause is not caught up on.\n\n"
			"  syncline schedule resume home\n\n"
			"Exit code: 0 on (also if it was); 4 no such account, or it has no schedule.\n",
	.run = run_resume,
};

const struct command command_schedule_remove = {
	.name = "schedule remove",
	.args = "ACCOUNT [--json]",
	.help = "no longer sync an account by itself",
	.text = "Forgets the rule. The library stays, and so does a sync that runs.\n\n"
			"  syncline schedule remove home\n\n"
			"Exit code: 0 removed; 4 no such account, or it has no schedule.\n",
	.run = run_remove,
};
