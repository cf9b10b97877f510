/* `syncline migrate`: the database's tables by numbered migrations, and Kafka's topics. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/kafka.h"
#include "common/sql.h"
#include "common/topics.h"
#include "ctl/args.h"
#include "ctl/term.h"

/* One session at a time migrates; the number is ours alone ("sync" in ASCII). */
#define LOCK "SELECT pg_advisory_xact_lock(1937338979)"

static int applied_number(struct pg *pg, int64_t *number, struct err *err)
{
	PG_RESULT *row = NULL;
	if (pg_query(pg, "SELECT coalesce(max(number), 0) AS number FROM syncline_migration", 0, NULL, &row, err))
		return -1;
	*number = pg_int(row, 0, "number");
	return 0;
}

static int apply(struct pg *pg, const struct sql_file *file, bool *applied, struct err *err)
{
	char number[16];
	const char *values[] = {number, file->name};
	int64_t rows = 0;
	snprintf(number, sizeof number, "%ld", strtol(file->name, NULL, 10));
	/* Under the lock, the number decides whether somebody was faster. */
	if (pg_exec(pg, "BEGIN; " LOCK, err) ||
	    pg_run(pg, "INSERT INTO syncline_migration (number, name) VALUES ($1::int, $2) ON CONFLICT DO NOTHING", 2,
	           values, &rows, err) ||
	    (rows && pg_exec(pg, file->text, err)) || pg_exec(pg, "COMMIT", err)) {
		struct err ignored;
		IGNORE(pg_exec(pg, "ROLLBACK", &ignored)); /* the first error is the one to tell */
		return err_wrap(err, "migration %s: ", file->name);
	}
	*applied = rows > 0;
	return 0;
}

static int migrate_database(struct ctl *ctl, struct err *err)
{
	int64_t number = 0;
	int count = 0;
	if (ctl_database(ctl, false, err))
		return -1;
	if (pg_exec(ctl->pg,
	            "BEGIN; " LOCK "; CREATE TABLE IF NOT EXISTS syncline_migration (number integer PRIMARY KEY, "
	            "name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()); COMMIT",
	            err) ||
	    applied_number(ctl->pg, &number, err))
		return -1;
	if (number > sql_schema_version())
		return pg_check_schema(ctl->pg, err);
	for (const struct sql_file *file = sql_files; file->name; file++) {
		bool applied = false;
		if (!isdigit((unsigned char)file->name[0]) || strtol(file->name, NULL, 10) <= number)
			continue;
		if (apply(ctl->pg, file, &applied, err))
			return -1;
		if (applied)
			printf("Postgres: migration %s applied\n", file->name);
		count += applied;
	}
	if (count == 0)
		printf("Postgres: schema %d is up to date\n", sql_schema_version());
	return 0;
}

static int migrate_kafka(const struct settings *settings, struct err *err)
{
	int made = 0;
	if (kafka_create_topics(settings, &made, err))
		return -1;
	if (made)
		printf("Kafka: %d of %d topics made\n", made, (int)TOPIC_COUNT);
	else
		printf("Kafka: all %d topics are there\n", (int)TOPIC_COUNT);
	return 0;
}

/* Only tells. The schema's error text says what is missing. */
static int check(struct ctl *ctl)
{
	struct err err;
	if (ctl_database(ctl, true, &err))
		return ctl_fail(&err);
	printf("Postgres: schema %d is up to date; `syncline doctor` checks the topics\n", sql_schema_version());
	return EXIT_OK;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	bool only_check = false;
	const struct option_spec options[] = {{"check", OPTION_FLAG, &only_check, 0}};
	const struct args args = {.ctl = ctl, .options = options, .option_count = COUNT_OF(options)};
	if (args_read(&args, argc, argv, NULL, &err))
		return ctl_fail(&err);
	if (only_check)
		return check(ctl);
	if (migrate_database(ctl, &err) || migrate_kafka(&ctl->settings, &err))
		return ctl_fail(&err);
	return EXIT_OK;
}

const struct command command_migrate = {
	.name = "migrate",
	.args = "[--check]",
	.help = "make or update the tables in Postgres and the topics in Kafka",
	.text =
		"Brings Postgres to this program's schema, each step in a transaction of its own, and makes the topics that\n"
		"are missing in Kafka. Running it again does nothing; two at once wait for each other. Workers refuse a\n"
		"database of another schema, so: stop the workers, migrate, start the new workers.\n\n"
		"  --check   change nothing; exit code 2 when the database is not at this program's schema\n\n"
		"  syncline migrate\n",
	.run = run,
};
