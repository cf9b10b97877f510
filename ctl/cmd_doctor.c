/* `syncline doctor`: is everything there that a sync needs, and how to mend what is not. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/redis.h"
#include "common/sql.h"
#include "common/vault.h"
#include "ctl/args.h"
#include "ctl/doctor.h"
#include "ctl/expiries.h"
#include "ctl/refresh.h"
#include "ctl/term.h"
#include "fetcher/probe.h"

enum { POSTGRES_LEAST = 150000 };

void doctor_say(struct doctor *doctor, enum finding finding, const char *mend, const char *format, ...)
{
	static const char *const words[] = {"ok", "warn", "FAIL"};
	static const enum paint paints[] = {PAINT_GREEN, PAINT_YELLOW, PAINT_RED};
	char text[600];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	doctor->failed |= finding == FINDING_FAIL;
	if (doctor->ctl->json) {
		struct buf out;
		buf_init(&out, 16 * 1024);
		buf_printf(&out, "{\"result\":\"%s\",\"text\":", finding == FINDING_FAIL ? "fail" : words[finding]);
		buf_add_json_text(&out, span_of(text));
		buf_add_text(&out, ",\"mend\":");
		buf_add_json_text(&out, span_of(finding == FINDING_OK ? "" : mend));
		printf("%s}\n", buf_text(&out));
		buf_done(&out);
		return;
	}
	term_print(stdout, paints[finding], "%-4s", words[finding]);
	printf("  ");
	term_write(stdout, span_of(text));
	if (finding != FINDING_OK && *mend)
		printf("\n      mend: %s", mend);
	putchar('\n');
	fflush(stdout);
}

static bool check_settings(struct doctor *doctor)
{
	const struct ctl *ctl = doctor->ctl;
	if (ctl->settings_err.class != ERR_NONE) {
		doctor_say(doctor, FINDING_FAIL, "correct it; docs/config.md lists all settings", "settings: %s",
		           ctl->settings_err.text);
		return false;
	}
	doctor_say(doctor, FINDING_OK, "", "settings: %s",
	           *ctl->settings.config ? ctl->settings.config : "no file: defaults and environment");
	return true;
}

static void check_key(struct doctor *doctor)
{
	struct vault *vault = NULL;
	struct err err;
	if (vault_open(doctor->ctl->settings.key_file, &vault, &err))
		doctor_say(doctor, FINDING_FAIL, "syncline key makes one; accounts need the key they were added with", "%s",
		           err.text);
	else
		doctor_say(doctor, FINDING_OK, "", "key file %s", doctor->ctl->settings.key_file);
	vault_close(&vault);
}

static bool check_postgres(struct doctor *doctor)
{
	struct ctl *ctl = doctor->ctl;
	struct err err;
	PG_RESULT *row = NULL;
	if (ctl_database(ctl, false, &err) || pg_query(ctl->pg,
	                                               "SELECT current_setting('server_version_num')::int AS number, "
	                                               "current_setting('server_version') AS version",
	                                               0, NULL, &row, &err)) {
		doctor_say(doctor, FINDING_FAIL, "start it, or correct the setting postgres", "%s", err.text);
		return false;
	}
	if (pg_int(row, 0, "number") < POSTGRES_LEAST)
		doctor_say(doctor, FINDING_FAIL, "update Postgres to 15 or newer", "Postgres %s is too old",
		           pg_text(row, 0, "version"));
	else
		doctor_say(doctor, FINDING_OK, "", "Postgres %s", pg_text(row, 0, "version"));
	if (pg_check_schema(ctl->pg, &err)) {
		doctor_say(doctor, FINDING_FAIL, "syncline migrate", "%s", err.text);
		return false;
	}
	doctor_say(doctor, FINDING_OK, "", "database schema %d", sql_schema_version());
	return true;
}

/* The line "name:value" of INFO's text. */
static void info_value(const char *info, const char *name, char *value, size_t size)
{
	const char *at = strstr(info, name);
	size_t skip = strlen(name);
	snprintf(value, size, "%.*s", at ? (int)strcspn(at + skip, "\r\n") : 1, at ? at + skip : "?");
}

static void check_eviction(struct doctor *doctor, const char *memory)
{
	char policy[64], most[64];
	info_value(memory, "maxmemory_policy:", policy, sizeof policy);
	info_value(memory, "\nmaxmemory:", most, sizeof most);
	if (strcmp(policy, "noeviction") != 0 && strcmp(most, "0") != 0)
		doctor_say(doctor, FINDING_WARN, "set maxmemory-policy noeviction: leases and cursors must not be thrown away",
		           "Redis evicts keys when its memory is full (%s)", policy);
}

static void check_redis(struct doctor *doctor)
{
	struct redis *redis = NULL;
	struct err err;
	char version[64];
	REDIS_REPLY *server = NULL;
	REDIS_REPLY *memory = NULL;
	if (redis_open(doctor->ctl->settings.redis, &redis, &err) || redis_command(redis, &server, &err, "INFO server") ||
	    redis_command(redis, &memory, &err, "INFO memory")) {
		doctor_say(doctor, FINDING_FAIL, "start it, or correct the setting redis; without it no sync goes on", "%s",
		           err.text);
	} else {
		info_value(server->str ? server->str : "", "redis_version:", version, sizeof version);
		doctor_say(doctor, FINDING_OK, "", "Redis %s", version);
		check_eviction(doctor, memory->str ? memory->str : "");
	}
	redis_close(&redis);
}

static void check_account(struct doctor *doctor, const struct vault *vault, const char *name)
{
	static struct account account;
	struct probe_server server;
	struct err err;
	if (refresh_load(doctor->ctl, vault, name, &account, &err) ||
	    probe_sign_in(&doctor->ctl->settings, &account, &server, &err))
		doctor_say(doctor, FINDING_FAIL, "syncline account test tells more", "account %s: %s", name, err.text);
	else
		doctor_say(doctor, FINDING_OK, "", "account %s: %s, signed in with %s", name, server.name, server.auth);
	account_wipe(&account);
}

static void check_accounts(struct doctor *doctor)
{
	struct vault *vault = NULL;
	struct err err;
	PG_RESULT *rows = NULL;
	if (vault_open(doctor->ctl->settings.key_file, &vault, &err))
		return; /* told before */
	if (pg_query(doctor->ctl->pg, "SELECT name FROM account ORDER BY name", 0, NULL, &rows, &err))
		doctor_say(doctor, FINDING_FAIL, "", "%s", err.text);
	for (int i = 0; i < PQntuples(rows); i++)
		check_account(doctor, vault, pg_text(rows, i, "name"));
	vault_close(&vault);
}

static void check_expiries(struct doctor *doctor)
{
	struct expiries expiries;
	struct err err;
	char text[EXPIRY_SENTENCE], mend[LIMIT_ACCOUNT + 32];
	if (expiries_read(doctor->ctl, NULL, &expiries, &err))
		doctor_say(doctor, FINDING_FAIL, "", "%s", err.text);
	for (size_t i = 0; i < expiries.count; i++) {
		const struct account_expiry *row = &expiries.rows[i];
		snprintf(mend, sizeof mend, "syncline account login %s", row->account);
		if (expiry_warning(row, text))
			doctor_say(doctor, row->left_ms < 0 ? FINDING_FAIL : FINDING_WARN, mend, "account %s: %s", row->account,
			           text);
	}
	expiries_done(&expiries);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct doctor doctor = {.ctl = ctl};
	struct err err;
	bool accounts = false;
	const struct option_spec options[] = {{"accounts", OPTION_FLAG, &accounts, 0}};
	const struct args args = {.ctl = ctl, .options = options, .option_count = COUNT_OF(options), .json = true};
	if (args_read(&args, argc, argv, NULL, &err))
		return ctl_fail(&err);
	if (!check_settings(&doctor))
		return EXIT_FAILED;
	check_key(&doctor);
	bool database = check_postgres(&doctor);
	check_redis(&doctor);
	doctor_check_kafka(&doctor);
	if (database)
		check_expiries(&doctor);
	if (accounts && database)
		check_accounts(&doctor);
	return doctor.failed ? EXIT_FAILED : EXIT_OK;
}

const struct command command_doctor = {
	.name = "doctor",
	.args = "[--accounts] [--json]",
	.help = "check everything a sync needs, and tell how to mend it",
	.text =
		"Checks the settings, the key file, Postgres and its schema, Redis, Kafka and its topics, whether each\n"
		"worker is alive, and whether a sign-in ends within 30 days. A line each: ok, warn, or FAIL with what to do.\n\n"
		"  --accounts   also sign in to every account's server\n\n"
		"  syncline doctor\n\nExit code: 0 nothing failed, 1 something did.\n",
	.without_settings = true,
	.run = run,
};
