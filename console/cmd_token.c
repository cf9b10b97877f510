/* `syncline token ...`: access for programs. */
#include <stdio.h>

#include "common/vault.h"
#include "console/access.h"
#include "console/token.h"
#include "ctl/args.h"
#include "ctl/table.h"

static int run_add(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"NAME"};
	const char *name, *scope = "read";
	enum scope may;
	char value[TOKEN_TEXT];
	struct err err;
	const struct option_spec options[] = {{"scope", OPTION_TEXT, &scope, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &name, &err) || scope_read(scope, &may, &err) || ctl_database(ctl, true, &err) ||
	    token_make(ctl->pg, name, may, value, &err))
		return ctl_fail(&err);
	if (ctl->json)
		printf("{\"name\":\"%s\",\"scope\":\"%s\",\"token\":\"%s\"}\n", name, scope, value);
	else
		printf("%s\n\nThis is the only time it is shown. Send it as \"Authorization: Bearer ...\" to /api/v1.\n",
		       value);
	vault_wipe(value, sizeof value);
	return EXIT_OK;
}

const struct command command_token_add = {
	.name = "token add",
	.args = "NAME [--scope read|operate|admin] [--json]",
	.help = "make an API token for a program",
	.text =
		"Prints a new random token, once; stored is only a digest of it.\n\n"
		"  --scope S   read (default): look at everything; operate: also start, cancel and confirm syncs; admin: also\n"
		"              accounts and settings\n\n"
		"  syncline token add home-assistant\n  syncline token add nightly --scope operate\n",
	.run = run_add,
};

static int run_list(struct ctl *ctl, int argc, char **argv)
{
	static const char sql[] = "SELECT name, scope, to_char(created_at, 'YYYY-MM-DD') AS since, "
							  "coalesce(to_char(used_at, 'YYYY-MM-DD HH24:MI'), 'never') AS used "
							  "FROM console_token ORDER BY name";
	static const struct table_column columns[] = {{"token", SIDE_LEFT},
	                                              {"scope", SIDE_LEFT},
	                                              {"since", SIDE_LEFT},
	                                              {"last used", SIDE_LEFT}};
	struct err err;
	PG_RESULT *rows = NULL;
	const struct args args = {.ctl = ctl, .json = true};
	if (args_read(&args, argc, argv, NULL, &err) || ctl_database(ctl, true, &err))
		return ctl_fail(&err);
	if (ctl->json)
		return ctl_print_json(ctl, sql, 0, NULL, &err) ? ctl_fail(&err) : EXIT_OK;
	if (pg_query(ctl->pg, sql, 0, NULL, &rows, &err))
		return ctl_fail(&err);
	if (PQntuples(rows) == 0)
		puts("There are no API tokens. Make one: syncline token add NAME");
	else
		table_show_rows(columns, COUNT_OF(columns), rows);
	return EXIT_OK;
}

const struct command command_token_list = {
	.name = "token list",
	.args = "[--json]",
	.help = "API tokens, what they may do, when they were last used",
	.text = "All API tokens. The last use is told to the minute.\n\n  syncline token list\n",
	.run = run_list,
};

static int run_remove(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"NAME"};
	const char *name;
	struct err err;
	const struct args args = {ctl, NULL, 0, false, 1, 1, names};
	if (args_read(&args, argc, argv, &name, &err) || ctl_database(ctl, true, &err) || token_remove(ctl->pg, name, &err))
		return ctl_fail(&err);
	printf("Token %s removed: it is refused from now on.\n", name);
	return EXIT_OK;
}

const struct command command_token_remove = {
	.name = "token remove",
	.args = "NAME",
	.help = "take a program's access away",
	.text = "The token is refused from then on.\n\n  syncline token remove home-assistant\n",
	.run = run_remove,
};
