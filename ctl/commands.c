/* The table of commands and the help made from it. */
#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "ctl/ctl.h"
#include "ctl/term.h"

extern const struct command command_migrate, command_key, command_doctor, command_account_add, command_account_login,
	command_account_list, command_account_show, command_account_test, command_account_remove, command_sync,
	command_cancel, command_retry, command_pause, command_resume, command_watch, command_status, command_rejects_list,
	command_rejects_show, command_rejects_replay, command_rejects, command_replay, command_confirm, command_restore,
	command_history, command_verify, command_export, command_lag, command_parse, command_reference, command_completion,
	command_version, command_serve, command_user_add, command_user_list, command_user_remove, command_token_add,
	command_token_list, command_token_remove, command_schedule_set, command_schedule_list, command_schedule_pause,
	command_schedule_resume, command_schedule_remove, command_scheduler, command_webhook_add, command_webhook_list,
	command_webhook_remove, command_webhook_test, command_webhook_deliveries;
static const struct command command_help;

/* clang-format off */
const struct command *const commands[] = {
	&command_migrate, &command_key, &command_doctor,
	&command_account_add, &command_account_login, &command_account_list, &command_account_show, &command_account_test,
	&command_account_remove,
	&command_sync, &command_cancel, &command_retry, &command_pause, &command_resume, &command_watch, &command_status,
	&command_rejects_list, &command_rejects_show, &command_rejects_replay, &command_rejects, &command_replay,
	&command_confirm, &command_restore, &command_history, &command_verify, &command_export,
	&command_lag,
	&command_serve, &command_user_add, &command_user_list, &command_user_remove, &command_token_add, &command_token_list,
	&command_token_remove,
	&command_schedule_set, &command_schedule_list, &command_schedule_pause, &command_schedule_resume,
	&command_schedule_remove, &command_scheduler,
	&command_webhook_add, &command_webhook_list, &command_webhook_remove, &command_webhook_test,
	&command_webhook_deliveries,
	&command_parse, &command_completion, &command_reference, &command_version, &command_help,
	NULL,
};
/* clang-format on */

const struct exit_meaning exit_codes[] = {
	{EXIT_OK, "ok"},
	{EXIT_FAILED, "what was asked for failed, or the sync ended failed"},
	{EXIT_USAGE, "usage or configuration"},
	{EXIT_PARTIAL, "the sync ended partial"},
	{EXIT_NOT_FOUND, "not found"},
	{EXIT_AWAY, "a service does not answer"},
	{EXIT_INTERRUPTED, "interrupted"},
	{0, NULL},
};

static bool matches(const char *name, int count, char **words, int *used)
{
	const char *space = strchr(name, ' ');
	size_t first = space ? (size_t)(space - name) : strlen(name);
	if (strlen(words[0]) != first || memcmp(words[0], name, first) != 0)
		return false;
	*used = space ? 2 : 1;
	return !space || (count > 1 && strcmp(words[1], space + 1) == 0);
}

const struct command *command_find(int count, char **words, int *used)
{
	if (strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0) {
		*used = 1;
		return &command_help;
	}
	if (strcmp(words[0], "--version") == 0) {
		*used = 1;
		return &command_version;
	}
	for (size_t i = 0; commands[i]; i++) {
		if (matches(commands[i]->name, count, words, used))
			return commands[i];
	}
	return NULL;
}

void command_print_help(const struct command *command)
{
	printf("%ssyncline %s%s %s\n\n%s", term_paint(stdout, PAINT_BOLD), command->name, term_paint(stdout, PAINT_NONE),
	       command->args, command->text);
}

void commands_print(void)
{
	puts("syncline [SETTINGS] COMMAND [ARGUMENTS]\n\n"
	     "Copies music libraries into Postgres and proves that the copy is complete.\n");
	for (size_t i = 0; commands[i]; i++)
		printf("  %s%-16s%s %s\n", term_paint(stdout, PAINT_BOLD), commands[i]->name, term_paint(stdout, PAINT_NONE),
		       commands[i]->help);
	puts("\nsyncline COMMAND --help explains one with examples. Commands that read take --json.\n\n"
	     "Exit codes: 0 ok; 1 what was asked for failed; 2 usage or configuration; 3 the sync ended partial;\n"
	     "4 not found; 5 a service does not answer; 130 interrupted.\n");
	settings_help(FOR_CTL, stdout);
}

/* "account" alone: the commands of its family. */
static bool print_family(const char *word)
{
	bool any = false;
	size_t len = strlen(word);
	for (size_t i = 0; commands[i]; i++) {
		if (strncmp(commands[i]->name, word, len) == 0 && commands[i]->name[len] == ' ') {
			fprintf(stderr, "  syncline %-16s %s\n", commands[i]->name, commands[i]->help);
			any = true;
		}
	}
	return any;
}

int commands_unknown(const char *word)
{
	struct err err;
	char nearest[32] = "";
	size_t best = 4;
	if (print_family(word))
		return EXIT_USAGE;
	for (size_t i = 0; commands[i]; i++) {
		char first[32];
		snprintf(first, sizeof first, "%.*s", (int)strcspn(commands[i]->name, " "), commands[i]->name);
		if (text_distance(first, word) < best) {
			best = text_distance(first, word);
			memcpy(nearest, first, sizeof nearest);
		}
	}
	if (*nearest)
		IGNORE(err_set(&err, ERR_CONFIG, 0, "there is no command '%s'; did you mean '%s'?", word, nearest));
	else
		IGNORE(err_set(&err, ERR_CONFIG, 0, "there is no command '%s'; `syncline help` lists all", word));
	return ctl_fail(&err);
}

static int run_help(struct ctl *ctl, int argc, char **argv)
{
	int used = 0;
	(void)ctl;
	const struct command *command = argc ? command_find(argc, argv, &used) : NULL;
	if (command && command != &command_help)
		command_print_help(command);
	else if (argc && command != &command_help)
		return commands_unknown(argv[0]);
	else
		commands_print();
	return EXIT_OK;
}

static const struct command command_help = {
	.name = "help",
	.args = "[COMMAND]",
	.help = "this overview, or one command with examples",
	.text = "The overview of all commands, exit codes and settings, or the help of one command.\n\n"
			"  syncline help sync\n",
	.without_settings = true,
	.run = run_help,
};
