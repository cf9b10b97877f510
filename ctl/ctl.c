/* From the command line to one command, and what commands share. */
#include "ctl/ctl.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/stop.h"
#include "common/text.h"
#include "common/uuid.h"
#include "ctl/term.h"

/* ---- the command line ---- */

/* Takes "--config FILE" out of the words behind the command, where people put it too. Returns the words left. */
static int take_config(int argc, char **argv, const char **config)
{
	int kept = 0;
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			while (i < argc)
				argv[kept++] = argv[i++];
		} else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
			*config = argv[++i];
		} else if (strncmp(argv[i], "--config=", 9) == 0) {
			*config = argv[i] + 9;
		} else {
			argv[kept++] = argv[i];
		}
	}
	return kept;
}

/* Index of the first word that is no setting: the command. */
static int command_at(int argc, char **argv)
{
	int at = 1;
	while (at < argc && strncmp(argv[at], "--", 2) == 0) {
		if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "--version") == 0)
			break;
		at += strchr(argv[at], '=') ? 1 : 2;
	}
	return at < argc ? at : argc;
}

static bool asks_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

/* Settings stand in argv[1..before); a --config from behind the command goes first. */
static void load_settings(struct ctl *ctl, int before, char **argv, const char *config)
{
	static char option[] = "--config";
	char *words[64];
	int count = 0, used = 0;
	words[count++] = argv[0];
	if (config) {
		words[count++] = option;
		words[count++] = (char *)(uintptr_t)config; /* read only */
	}
	for (int i = 1; i < before && count < (int)COUNT_OF(words); i++)
		words[count++] = argv[i];
	if (settings_load(&ctl->settings, FOR_CTL, count, words, &used, &ctl->settings_err) == 0 && used < count)
		IGNORE(err_set(&ctl->settings_err, ERR_CONFIG, 0,
		               "unknown option %s before the command; `syncline help` lists "
		               "settings",
		               words[used])); /* fills only */
}

static int run(const struct command *command, struct ctl *ctl, int argc, char **argv)
{
	if (asks_help(argc, argv)) {
		command_print_help(command);
		return EXIT_OK;
	}
	if (ctl->settings_err.class != ERR_NONE && !command->without_settings)
		return ctl_fail(&ctl->settings_err);
	return command->run(ctl, argc, argv);
}

int ctl_settings(struct ctl *ctl, int argc, char **argv, char ***words)
{
	const char *config = NULL;
	int before = command_at(argc, argv);
	*words = argv + before;
	int count = take_config(argc - before, *words, &config);
	load_settings(ctl, before, argv, config);
	return count;
}

int ctl_main(int argc, char **argv)
{
	struct ctl ctl = {0};
	int used = 0;
	char **words;
	int count = ctl_settings(&ctl, argc, argv, &words);
	if (count == 0) {
		commands_print();
		return EXIT_USAGE;
	}
	const struct command *command = command_find(count, words, &used);
	int code = command ? run(command, &ctl, count - used, words + used) : commands_unknown(words[0]);
	pg_close(&ctl.pg);
	return code;
}

/* ---- shared by commands ---- */

int ctl_fail(const struct err *err)
{
	term_print(stderr, PAINT_RED, "syncline: ");
	term_write(stderr, span_of(err->text));
	fputc('\n', stderr);
	switch (err->class) {
	case ERR_RETRY:
		return stop_level(0) == STOP_RUN ? EXIT_AWAY : EXIT_INTERRUPTED;
	case ERR_CONFIG:
		return EXIT_USAGE;
	case ERR_REJECT:
		return EXIT_NOT_FOUND;
	default:
		return EXIT_FAILED;
	}
}

int ctl_database(struct ctl *ctl, bool check_schema, struct err *err)
{
	if (!ctl->pg && pg_open(ctl->settings.postgres, "syncline", &ctl->pg, err))
		return -1;
	return check_schema ? pg_check_schema(ctl->pg, err) : 0;
}

int ctl_json_rows(struct pg *pg, const char *sql, const char *beside, int count, const char *const *values,
                  PGresult **rows, struct err *err)
{
	struct buf text;
	buf_init(&text, LIMIT_STATEMENT_BYTES);
	buf_printf(&text, "SELECT row_to_json(q) AS row%s%s FROM (%s\n) q", beside ? ", " : "", beside ? beside : "", sql);
	int result = buf_ok(&text) ? pg_query(pg, buf_text(&text), count, values, rows, err)
	                           : err_set(err, ERR_FATAL, 0, "a statement is too long");
	buf_done(&text);
	return result;
}

int ctl_print_json(struct ctl *ctl, const char *sql, int count, const char *const *values, struct err *err)
{
	PG_RESULT *rows = NULL;
	if (ctl_json_rows(ctl->pg, sql, NULL, count, values, &rows, err))
		return -1;
	for (int i = 0; i < PQntuples(rows); i++)
		puts(pg_text(rows, i, "row"));
	return 0;
}

static int no_such_account(struct ctl *ctl, const char *name, struct err *err)
{
	PG_RESULT *rows = NULL;
	const char *nearest = NULL;
	size_t best = 4; /* further away is another name, not a slip */
	if (pg_query(ctl->pg, "SELECT name FROM account ORDER BY name", 0, NULL, &rows, err))
		return -1;
	for (int i = 0; i < PQntuples(rows); i++) {
		const char *other = pg_text(rows, i, "name");
		size_t distance = strncmp(other, name, strlen(name)) == 0 ? 1 : text_distance(other, name);
		if (distance < best) {
			best = distance;
			nearest = other;
		}
	}
	if (nearest)
		return err_set(err, ERR_REJECT, 0, "there is no account '%s'; did you mean '%s'?", name, nearest);
	return err_set(err, ERR_REJECT, 0, "there is no account '%s'; %s", name,
	               PQntuples(rows) ? "`syncline account list` shows all" : "add it with `syncline account add`");
}

int ctl_find_account(struct ctl *ctl, const char *name, char id[ID_TEXT], struct err *err)
{
	PG_RESULT *row = NULL;
	if (pg_query(ctl->pg, "SELECT account_id FROM account WHERE name = $1", 1, &name, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return no_such_account(ctl, name, err);
	snprintf(id, ID_TEXT, "%s", pg_text(row, 0, "account_id"));
	return 0;
}

int ctl_find_sync(struct ctl *ctl, const char *word, char *sync, struct err *err)
{
	PG_RESULT *row = NULL;
	char account[ID_TEXT];
	bool by_id = uuid_valid(span_of(word));
	const char *value = word;
	if (!by_id) {
		if (ctl_find_account(ctl, word, account, err))
			return -1;
		value = account;
	}
	if (pg_query(ctl->pg,
	             by_id ? "SELECT sync_id FROM sync WHERE sync_id = $1::uuid"
	                   : "SELECT sync_id FROM sync WHERE account_id = $1::int ORDER BY sync_id DESC LIMIT 1",
	             1, &value, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return by_id ? err_set(err, ERR_REJECT, 0, "there is no sync %s", word)
		             : err_set(err, ERR_REJECT, 0, "account '%s' has never been synced; start with: syncline sync %s",
		                       word, word);
	snprintf(sync, UUID_TEXT, "%s", pg_text(row, 0, "sync_id"));
	return 0;
}
