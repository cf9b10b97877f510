/* What every command of `syncline` is given and gives back: the context, exit codes, the table's entry, and the ways to
 * the database and to JSON output that commands share. One process runs one command; one thread. */
#ifndef SYNCLINE_CTL_H
#define SYNCLINE_CTL_H

#include "common/err.h"
#include "common/pg.h"
#include "common/settings.h"

/* Documented in the help; scripts depend on them. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,    /* what was asked for failed, or the sync ended failed */
	EXIT_USAGE = 2,     /* the command line, a setting or an account must be mended */
	EXIT_PARTIAL = 3,   /* the sync ended partial */
	EXIT_NOT_FOUND = 4, /* no such account, sync or file */
	EXIT_AWAY = 5,      /* Kafka, Postgres, Redis or the provider does not answer */
	EXIT_INTERRUPTED = 130,
};

/* For help and manual; ended by a NULL meaning. */
extern const struct exit_meaning {
	int code;
	const char *meaning;
} exit_codes[];

struct ctl {
	struct settings settings;
	struct err settings_err; /* class ERR_NONE: settings are good */
	struct pg *pg;           /* opened by ctl_database */
	bool json;
	/* For whom a change is made, where that is written down in it (change_note): a visitor of the console; NULL: a command's. */
	const char *actor, *actor_address;
};

struct command {
	const char *name;                                   /* "account add" */
	const char *args;                                   /* "NAME --url URL [--user U]" */
	const char *help;                                   /* one line, lower case, no full stop */
	const char *text;                                   /* long help with examples; ends with a newline */
	bool without_settings;                              /* runs also when the settings cannot be read */
	int (*run)(struct ctl *ctl, int argc, char **argv); /* words after the name; returns an exit code */
};

/* ---- the table (commands.c) ---- */

/* Ended by NULL. */
extern const struct command *const commands[];

/* Finds the command at words[0] (and [1], for two-word names); *used tells how many words its name took. NULL: none. */
const struct command *command_find(int count, char **words, int *used);
void command_print_help(const struct command *command);
/* All commands with their one-line help. */
void commands_print(void);
/* Tells that there is no such command, with the nearest name. Returns EXIT_USAGE. */
int commands_unknown(const char *word);

/* ---- running ---- */

/* The whole program; returns its exit code. */
int ctl_main(int argc, char **argv);

/* Reads the settings of a command line (argv[0] is the program) into ctl->settings, or what is wrong with them into
 * ctl->settings_err. Returns how many words begin with the command's name, and where they are; a --config among them is taken
 * out. */
int ctl_settings(struct ctl *ctl, int argc, char **argv, char ***words);

/* Prints the error and returns the exit code of its class: RETRY 5 (130: who waits for it was interrupted), CONFIG 2,
 * REJECT 4, else 1. */
int ctl_fail(const struct err *err);

/* Opens ctl->pg once. With check_schema the database must be at this program's schema. */
int ctl_database(struct ctl *ctl, bool check_schema, struct err *err) MUST_USE;

/* Behind BEGIN, where a large library takes longer than the console lets a page take (console/pg_pool.c). */
#define CTL_PATIENT "SET LOCAL statement_timeout = '5min'"

/* The rows of a query (without a final semicolon) as JSON objects in the column "row"; column names are the names. beside: the
 * column that is wanted beside them under its own name; NULL: none. */
int ctl_json_rows(struct pg *pg, const char *sql, const char *beside, int count, const char *const *values,
                  PGresult **rows, struct err *err) MUST_USE;
/* Prints them, a line each. */
int ctl_print_json(struct ctl *ctl, const char *sql, int count, const char *const *values, struct err *err) MUST_USE;

enum { ID_TEXT = 24 };
/* The account_id as text for a parameter. REJECT: no such account; the text suggests near names. */
int ctl_find_account(struct ctl *ctl, const char *name, char id[ID_TEXT], struct err *err) MUST_USE;

/* word: a sync's id, or an account, whose newest sync is meant. sync is a buffer of UUID_TEXT. REJECT: none found. */
int ctl_find_sync(struct ctl *ctl, const char *word, char *sync, struct err *err) MUST_USE;

#endif
