/* `syncline confirm`: held removals are shown, and carried out when a person says so. */
#include <stdio.h>

#include "common/category.h"
#include "common/sql.h"
#include "ctl/args.h"
#include "ctl/figure.h"
#include "ctl/held.h"
#include "ctl/term.h"

static int print_examples(struct ctl *ctl, const char *account_id, const PGresult *held, int i, struct err *err)
{
	PG_RESULT *names = NULL;
	char count[FIGURE_TEXT];
	if (held_names(ctl, account_id, held, i, &names, err))
		return -1;
	term_print(stdout, PAINT_BOLD, "%s", pg_text(held, i, "category"));
	printf(": %s held\n", figure_many(pg_int(held, i, "held"), "removal", count));
	for (int n = 0; n < PQntuples(names); n++) {
		printf("  ");
		term_write(stdout, span_of(pg_text(names, n, "label")));
		printf("  ");
		term_write(stdout, span_of(pg_text(names, n, "id")));
		putchar('\n');
	}
	if (pg_int(held, i, "held") > PQntuples(names))
		printf("  ... and %s more\n", figure_count(pg_int(held, i, "held") - PQntuples(names), count));
	return 0;
}

static int apply(struct ctl *ctl, const char *account_id, const PGresult *held, int i, struct err *err)
{
	char count[FIGURE_TEXT];
	const char *category = pg_text(held, i, "category");
	int64_t removed = 0;
	enum held_end end;
	if (held_remove(ctl, account_id, held, i, &removed, &end, err))
		return -1;
	switch (end) {
	case HELD_REMOVED:
		printf("%s: %s carried out\n", category, figure_many(removed, "removal", count));
		break;
	case HELD_SETTLED_BEFORE:
		printf("%s: carried out meanwhile, by somebody else\n", category);
		break;
	case HELD_LISTED_AGAIN:
		printf("%s: all of them have been listed again since: nothing was removed\n", category);
		break;
	}
	return 0;
}

static int show_and_apply(struct ctl *ctl, const char *name, const char *account_id, const PGresult *held, bool yes,
                          struct err *err)
{
	char question[LIMIT_ACCOUNT + 80];
	for (int i = 0; i < PQntuples(held); i++) {
		if (print_examples(ctl, account_id, held, i, err))
			return -1;
	}
	if (PQntuples(held) == 0) {
		printf("No removals of %s are held.\n", name);
		return 0;
	}
	snprintf(question, sizeof question, "Remove these from the library of %s?", name);
	if (!yes && term_ask(question, &yes, err))
		return -1;
	if (!yes) {
		puts("Nothing was removed; they stay held.");
		return 0;
	}
	for (int i = 0; i < PQntuples(held); i++) {
		if (apply(ctl, account_id, held, i, err))
			return -1;
	}
	return 0;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the account"};
	struct err err;
	const char *name, *category = NULL;
	char id[ID_TEXT];
	bool yes = false;
	enum category known;
	PG_RESULT *held = NULL;
	const struct option_spec options[] = {{"category", OPTION_TEXT, &category, 0}, {"yes", OPTION_FLAG, &yes, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &name, &err))
		return ctl_fail(&err);
	if (category && !category_find(span_of(category), &known)) {
		IGNORE(
			err_set(&err, ERR_CONFIG, 0, "--category must be artists, albums, tracks or playlists")); /* fills only */
		return ctl_fail(&err);
	}
	const char *values[] = {id, category};
	if (ctl_database(ctl, true, &err) || ctl_find_account(ctl, name, id, &err))
		return ctl_fail(&err);
	if (ctl->json)
		return ctl_print_json(ctl, sql_text("q_ctl_held"), 2, values, &err) ? ctl_fail(&err) : EXIT_OK;
	if (held_read(ctl, id, category, &held, &err) || show_and_apply(ctl, name, id, held, yes, &err))
		return ctl_fail(&err);
	return EXIT_OK;
}

const struct command command_confirm = {
	.name = "confirm",
	.args = "ACCOUNT [--category C] [--yes] [--json]",
	.help = "look at held removals and carry them out",
	.text =
		"When a complete sync would remove an unusually large share of a category (settings removal_percent and\n"
		"removal_items), nothing is removed until a person has looked: perhaps a disk of the server is not mounted.\n"
		"This shows what would go, and removes it after a question. To keep the items do nothing: the next sync in\n"
		"which the server lists them again ends the matter.\n\n"
		"  --category C   only artists, albums, tracks or playlists\n"
		"  --yes          do not ask\n"
		"  --json         only tell what is held\n\n"
		"  syncline confirm home\n",
	.run = run,
};
