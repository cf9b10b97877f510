/* `syncline reference`: the pages of docs/ that are made from tables in the source. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/msg.h"
#include "common/stats.h"
#include "ctl/args.h"
#include "ctl/man.h"

static void commands_reference(FILE *out)
{
	fprintf(out, "# Commands\n\nWritten by `syncline reference commands`.\n\n"
	             "| code | meaning |\n|---|---|\n");
	for (size_t i = 0; exit_codes[i].meaning; i++)
		fprintf(out, "| %d | %s |\n", exit_codes[i].code, exit_codes[i].meaning);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "\n## syncline %s\n\n```\nsyncline %s %s\n\n%s```\n", commands[i]->name, commands[i]->name,
		        commands[i]->args, commands[i]->text);
}

static const struct {
	const char *name, *file;
	void (*write)(FILE *out);
} pages[] = {
	{"settings", "config.md", settings_reference},
	{"metrics", "metrics.md", stats_reference},
	{"messages", "messages.md", msg_reference},
	{"commands", "commands.md", commands_reference},
};

static int write_file(const char *folder, size_t page, struct err *err)
{
	char path[LIMIT_SETTING];
	snprintf(path, sizeof path, "%s/%s", folder, pages[page].file);
	FILE *out = fopen(path, "w");
	if (!out)
		return err_set(err, ERR_CONFIG, errno, "%s: %s", path, strerror(errno));
	pages[page].write(out);
	bool broken = ferror(out) != 0;
	if (fclose(out) || broken)
		return err_set(err, ERR_FATAL, errno, "%s: %s", path, strerror(errno));
	printf("%s written\n", path);
	return 0;
}

static int write_manual(const char *folder)
{
	struct err err;
	if (!folder)
		IGNORE(err_set(&err, ERR_CONFIG, 0, "the manual is many pages: name a folder with --to")); /* fills only */
	int count = folder ? man_write(folder, &err) : -1;
	if (count < 0)
		return ctl_fail(&err);
	printf("%d pages written to %s\n", count, folder);
	return EXIT_OK;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the page"};
	struct err err;
	const char *word, *folder = NULL;
	const struct option_spec options[] = {{"to", OPTION_TEXT, &folder, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), false, 1, 1, names};
	if (args_read(&args, argc, argv, &word, &err))
		return ctl_fail(&err);
	if (strcmp(word, "man") == 0)
		return write_manual(folder);
	bool found = false;
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		if (strcmp(word, pages[i].name) != 0 && strcmp(word, "all") != 0)
			continue;
		found = true;
		if (!folder)
			pages[i].write(stdout);
		else if (write_file(folder, i, &err))
			return ctl_fail(&err);
	}
	if (!found)
		IGNORE(err_set(&err, ERR_CONFIG, 0,
		               "there is no page '%s'; there are settings, metrics, messages, commands, all, man",
		               word)); /* fills only */
	return found ? EXIT_OK : ctl_fail(&err);
}

const struct command command_reference = {
	.name = "reference",
	.args = "settings|metrics|messages|commands|all|man [--to FOLDER]",
	.help = "write the reference pages that are made from the source",
	.text =
		"Prints a page of the reference as Markdown, or with --to writes config.md, metrics.md, messages.md and\n"
		"commands.md into a folder; with `man` the manual pages of all commands. They come from the same tables as the\n"
		"programs, so they cannot differ.\n\n"
		"  syncline reference all --to docs\n"
		"  syncline reference settings | less\n"
		"  syncline reference man --to /usr/local/share/man/man1\n",
	.without_settings = true,
	.run = run,
};
