/* The pages. */
#include "ctl/man.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/settings.h"
#include "common/version.h"
#include "ctl/ctl.h"
#include "ctl/roff.h"

/* "account add" as "syncline-account-add": how the page is found. */
static void page_name(const char *command, char *name, size_t size)
{
	snprintf(name, size, "syncline%s%s", *command ? "-" : "", command);
	for (char *c = name; *c; c++)
		*c = *c == ' ' ? '-' : *c;
}

/* Without a date: the version tells, and the same source makes the same pages. */
static void head(const char *command, const char *help, FILE *out)
{
	char name[80];
	page_name(command, name, sizeof name);
	fputs(".\\\" Written by `syncline reference man`.\n.TH ", out);
	for (const char *c = name; *c; c++)
		fputc(toupper((unsigned char)*c), out);
	fprintf(out, " 1 \"\" \"Syncline %s\" \"Syncline\"\n.nh\n.ad l\n.SH NAME\n", SYNCLINE_VERSION);
	roff_text(span_of(name), true, out);
	fputs(" \\- ", out);
	roff_text(span_of(help), false, out);
	fputs("\n.SH SYNOPSIS\n", out);
}

static void see_also(const char *first, FILE *out)
{
	fprintf(out, ".SH SEE ALSO\n.BR %s (1)\n", first);
}

static void command_page(const struct command *command, FILE *out)
{
	char line[400];
	head(command->name, command->help, out);
	snprintf(line, sizeof line, "syncline %s", command->name);
	fputs(".B ", out);
	roff_text(span_of(line), false, out);
	fputc('\n', out);
	if (*command->args) {
		roff_text(span_of(command->args), true, out);
		fputc('\n', out);
	}
	fputs(".SH DESCRIPTION\n", out);
	roff_help(command->text, out);
	see_also("syncline", out);
}

static void term(const char *text, const char *meaning, FILE *out)
{
	fputs(".TP\n.B ", out);
	roff_text(span_of(text), false, out);
	fputc('\n', out);
	roff_text(span_of(meaning), true, out);
	fputc('\n', out);
}

static void list_commands(FILE *out)
{
	fputs(".SH COMMANDS\nEach has a page of its own: \\fBman syncline\\-sync\\fR.\n", out);
	for (size_t i = 0; commands[i]; i++)
		term(commands[i]->name, commands[i]->help, out);
}

static void list_settings(FILE *out)
{
	char option[LIMIT_OPTION];
	const char *help;
	fputs(".SH SETTINGS\nThey stand in front of the command, as SYNCLINE_KEY in the environment, or as\n"
	      "\"key = value\" in a file.\n",
	      out);
	term("--config FILE", "the settings file; also SYNCLINE_CONFIG", out);
	for (size_t i = 0; settings_option(FOR_CTL, i, option, &help); i++)
		term(option, help, out);
}

static void overview_page(FILE *out)
{
	head("", "copies music libraries into Postgres and proves that the copy is complete", out);
	fputs(".B syncline\n[SETTINGS] COMMAND [ARGUMENTS]\n"
	      ".SH DESCRIPTION\nAsks for syncs of people\\(aqs music libraries, shows how they go, and looks after\n"
	      "what they need: accounts, rejects, removals that wait for a person. The work is done by \\fBsyncline\\-fetcher\\fR,\n"
	      "\\fBsyncline\\-parser\\fR and \\fBsyncline\\-writer\\fR.\n",
	      out);
	list_commands(out);
	list_settings(out);
	fputs(".SH EXIT STATUS\n", out);
	for (size_t i = 0; exit_codes[i].meaning; i++) {
		char code[12];
		snprintf(code, sizeof code, "%d", exit_codes[i].code);
		term(code, exit_codes[i].meaning, out);
	}
	see_also("syncline-help", out);
}

static int write_page(const char *folder, const struct command *command, struct err *err)
{
	char name[80], path[LIMIT_SETTING];
	page_name(command ? command->name : "", name, sizeof name);
	if ((size_t)snprintf(path, sizeof path, "%s/%s.1", folder, name) >= sizeof path)
		return err_set(err, ERR_CONFIG, 0, "the folder's name is longer than %d bytes", LIMIT_SETTING);
	FILE *out = fopen(path, "w");
	if (!out)
		return err_set(err, ERR_CONFIG, errno, "%s: %s", path, strerror(errno));
	if (command)
		command_page(command, out);
	else
		overview_page(out);
	bool broken = ferror(out) != 0;
	if (fclose(out) || broken)
		return err_set(err, ERR_FATAL, errno, "%s: %s", path, strerror(errno));
	return 0;
}

int man_write(const char *folder, struct err *err)
{
	int count = 0;
	if (write_page(folder, NULL, err))
		return -1;
	for (; commands[count]; count++) {
		if (write_page(folder, commands[count], err))
			return -1;
	}
	return count + 1;
}
