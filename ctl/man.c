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

static void command_page(const void *context, FILE *out)
{
	const struct command *command = context;
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

static void list_settings(enum settings_program program, FILE *out)
{
	char option[LIMIT_OPTION], meaning[LIMIT_OPTION_MEANING];
	fputs(".SH SETTINGS\nAs options in front of everything else, as SYNCLINE_KEY in the environment, or as \"key = value\" in\n"
	      "a file.\n",
	      out);
	term("--config FILE", "the settings file [SYNCLINE_CONFIG]", out);
	for (size_t i = 0; settings_option(program, i, option, meaning); i++)
		term(option, meaning, out);
}

static void list_exits(const struct exit_meaning *exits, FILE *out)
{
	fputs(".SH EXIT STATUS\n", out);
	for (; exits->meaning; exits++) {
		char code[12];
		snprintf(code, sizeof code, "%d", exits->code);
		term(code, exits->meaning, out);
	}
}

static void overview_page(const void *context, FILE *out)
{
	(void)context;
	head("", "copies music libraries into Postgres and proves that the copy is complete", out);
	fputs(".B syncline\n[SETTINGS] COMMAND [ARGUMENTS]\n"
	      ".SH DESCRIPTION\nAsks for syncs of people\\(aqs music libraries, shows how they go, and looks after\n"
	      "what they need: accounts, rejects, removals that wait for a person. The work is done by \\fBsyncline\\-fetcher\\fR,\n"
	      "\\fBsyncline\\-parser\\fR and \\fBsyncline\\-writer\\fR.\n",
	      out);
	list_commands(out);
	list_settings(FOR_CTL, out);
	list_exits(exit_codes, out);
	see_also("syncline-help", out);
}

/* ---- the workers ---- */

static const struct worker_page {
	const char *name, *purpose;
	enum settings_program program;
} worker_pages[] = {
	{"fetcher", "takes sync jobs, walks the libraries they name and publishes the raw pages", FOR_FETCHER},
	{"parser", "turns raw provider pages into normalized items and rejects what is not one", FOR_PARSER},
	{"writer", "stores normalized items, proves what is complete, and puts lost syncs back to work", FOR_WRITER},
};

static void worker_page(const void *context, FILE *out)
{
	static const struct exit_meaning exits[] = {{0, "stopped as asked"},
	                                            {1, "failed (start it again)"},
	                                            {2, "settings or installation (mend it first)"},
	                                            {0, NULL}};
	const struct worker_page *page = context;
	head(page->name, page->purpose, out);
	fprintf(out, ".B syncline\\-%s\n[\\-\\-config FILE] [\\-\\-SETTING VALUE]...\n", page->name);
	fputs(".SH DESCRIPTION\nAny number of them may run, anywhere; Kafka spreads the work. It says how it is at /healthz,\n"
	      "/readyz and /metrics of health_port.\n.PP\nTERM or INT: finishes what is in hand and stops; a second one\n"
	      "stops now.\n",
	      out);
	list_settings(page->program, out);
	list_exits(exits, out);
	see_also("syncline", out);
}

/* ---- files ---- */

static int write_page(const char *folder, const char *name, void (*page)(const void *context, FILE *out),
                      const void *context, struct err *err)
{
	char file[80], path[LIMIT_SETTING];
	page_name(name, file, sizeof file);
	if ((size_t)snprintf(path, sizeof path, "%s/%s.1", folder, file) >= sizeof path)
		return err_set(err, ERR_CONFIG, 0, "the folder's name is longer than %d bytes", LIMIT_SETTING);
	FILE *out = fopen(path, "w");
	if (!out)
		return err_set(err, ERR_CONFIG, errno, "%s: %s", path, strerror(errno));
	page(context, out);
	bool broken = ferror(out) != 0;
	if (fclose(out) || broken)
		return err_set(err, ERR_FATAL, errno, "%s: %s", path, strerror(errno));
	return 0;
}

int man_write(const char *folder, struct err *err)
{
	int count = 1;
	if (write_page(folder, "", overview_page, NULL, err))
		return -1;
	for (size_t i = 0; i < COUNT_OF(worker_pages); i++, count++) {
		if (write_page(folder, worker_pages[i].name, worker_page, &worker_pages[i], err))
			return -1;
	}
	for (size_t i = 0; commands[i]; i++, count++) {
		if (write_page(folder, commands[i]->name, command_page, commands[i], err))
			return -1;
	}
	return count;
}
