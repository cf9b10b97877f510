/* `syncline user ...`: who may use the console. */
#include <stdio.h>

#include "common/vault.h"
#include "console/access.h"
#include "console/user.h"
#include "ctl/args.h"
#include "ctl/line.h"
#include "ctl/table.h"
#include "ctl/term.h"

static int read_password(bool from_stdin, char password[USER_PASSWORD_MOST + 1], struct err *err)
{
	char again[USER_PASSWORD_MOST + 1] = "";
	if (from_stdin)
		return line_of_stdin("the password", password, USER_PASSWORD_MOST + 1, err);
	if (term_secret("New password: ", password, USER_PASSWORD_MOST + 1, err) ||
	    term_secret("Once more: ", again, sizeof again, err))
		return -1;
	bool same = strcmp(password, again) == 0;
	vault_wipe(again, sizeof again);
	return same ? 0 : err_set(err, ERR_CONFIG, 0, "the two passwords differ; nothing was stored");
}

static int run_add(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"NAME"};
	const char *name, *scope = "admin";
	char password[USER_PASSWORD_MOST + 1] = "";
	bool from_stdin = false;
	enum scope may;
	struct err err;
	const struct option_spec options[] = {{"scope", OPTION_TEXT, &scope, 0},
	                                      {"password-stdin", OPTION_FLAG, &from_stdin, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), false, 1, 1, names};
	bool failed = args_read(&args, argc, argv, &name, &err) || scope_read(scope, &may, &err) ||
	              ctl_database(ctl, true, &err) || read_password(from_stdin, password, &err) ||
	              user_store(ctl->pg, name, password, may, &err);
	vault_wipe(password, sizeof password);
	if (failed)
		return ctl_fail(&err);
	printf("%s may sign in to the console now (%s). A running `syncline serve` must be started again if this is the\n"
	       "first user.\n",
	       name, scope);
	return EXIT_OK;
}

const struct command command_user_add = {
	.name = "user add",
	.args = "NAME [--scope read|operate|admin] [--password-stdin]",
	.help = "give somebody a password for the console, or a new one",
	.text =
		"Asks for the password twice. Stored is only its Argon2id hash. For a user that is there already this is a new\n"
		"password and scope, and ends all sessions.\n\n"
		"  --scope S          read: look at everything; operate: also start, cancel and confirm syncs; admin (default):\n"
		"                     also accounts, users and settings\n"
		"  --password-stdin   read it from standard input\n\n"
		"  syncline user add admin\n",
	.run = run_add,
};

static int run_list(struct ctl *ctl, int argc, char **argv)
{
	static const char sql[] =
		"SELECT name, scope, to_char(created_at, 'YYYY-MM-DD') AS since FROM console_user ORDER BY name";
	static const struct table_column columns[] = {{"user", SIDE_LEFT}, {"scope", SIDE_LEFT}, {"since", SIDE_LEFT}};
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
		puts(
			"Nobody has a password: the console is open to everybody on its machine. Set one: syncline user add admin");
	else
		table_show_rows(columns, COUNT_OF(columns), rows);
	return EXIT_OK;
}

const struct command command_user_list = {
	.name = "user list",
	.args = "[--json]",
	.help = "who may use the console",
	.text = "All users of the console and what they may do.\n\n  syncline user list\n",
	.run = run_list,
};

static int run_remove(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"NAME"};
	const char *name;
	struct err err;
	const struct args args = {ctl, NULL, 0, false, 1, 1, names};
	if (args_read(&args, argc, argv, &name, &err) || ctl_database(ctl, true, &err) || user_remove(ctl->pg, name, &err))
		return ctl_fail(&err);
	printf("User %s removed, sessions ended.\n", name);
	return EXIT_OK;
}

const struct command command_user_remove = {
	.name = "user remove",
	.args = "NAME",
	.help = "take somebody's access to the console away",
	.text = "Ends all sessions of the user at once. API tokens are not a user's: see token remove.\n\n"
			"  syncline user remove anna\n",
	.run = run_remove,
};
