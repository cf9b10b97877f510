/* `syncline restore`: what a sync removed comes back. */
#include <stdio.h>
#include <string.h>

#include "common/category.h"
#include "common/uuid.h"
#include "ctl/args.h"
#include "ctl/figure.h"
#include "ctl/person.h"
#include "ctl/removed.h"
#include "ctl/term.h"

enum { NAMES = 10, NAMES_ALL = 1000000000 };

struct restore {
	struct removed_wish wish;
	const char *category;
	struct text_list items;
	char account_id[ID_TEXT];
	bool dry_run;
};

/* ---- what is meant ---- */

static int check(const struct restore *restore, struct err *err)
{
	enum category known;
	if (!restore->wish.sync == !restore->items.count)
		return err_set(err, ERR_CONFIG, 0,
		               "say what: --sync ID for all that a sync removed, or --item ID, once for each item");
	if (restore->wish.sync && !uuid_valid(span_of(restore->wish.sync)))
		return err_set(err, ERR_CONFIG, 0, "--sync must be the id of a sync; `syncline history %s` shows them",
		               restore->wish.account);
	if (restore->category && !category_find(span_of(restore->category), &known))
		return err_set(err, ERR_CONFIG, 0, "--only must be artists, albums, tracks or playlists");
	return 0;
}

static void add_items(const struct text_list *items, struct buf *json)
{
	for (size_t i = 0; i < items->count; i++) {
		buf_add_byte(json, i ? ',' : '[');
		buf_add_json_text(json, span_of(items->at[i]));
	}
	buf_add_byte(json, ']');
}

static int nothing_found(const struct restore *restore, struct err *err)
{
	if (restore->wish.sync)
		return err_set(err, ERR_REJECT, 0, "nothing that sync %s removed is still removed; see: syncline history %s",
		               restore->wish.sync, restore->wish.account);
	return err_set(err, ERR_REJECT, 0,
	               "no removed item of %s has %s; what syncs removed: syncline history %s --sync ID",
	               restore->wish.account, restore->items.count == 1 ? "this id" : "one of these ids",
	               restore->wish.account);
}

/* Ids that are not among the removed ones: a slip, or the item is here. */
static int check_found(const struct restore *restore, const PGresult *found, struct err *err)
{
	for (size_t i = 0; i < restore->items.count; i++) {
		bool there = false;
		for (int row = 0; row < PQntuples(found) && !there; row++)
			there = strcmp(pg_text(found, row, "id"), restore->items.at[i]) == 0;
		if (!there)
			return err_set(err, ERR_REJECT, 0, "no removed item of %s has the id '%.200s'; nothing was restored",
			               restore->wish.account, restore->items.at[i]);
	}
	return 0;
}

/* ---- telling ---- */

static void print_found(const PGresult *found)
{
	char count[FIGURE_TEXT], ago[FIGURE_TEXT];
	int64_t left = 0;
	for (int i = 0; i < PQntuples(found); i++) {
		const char *kind = pg_text(found, i, "kind");
		if (i == 0 || strcmp(kind, pg_text(found, i - 1, "kind")) != 0) {
			left = pg_int(found, i, "of_kind");
			term_print(stdout, PAINT_BOLD, "%s", figure_many(left, kind, count));
			putchar('\n');
		}
		printf("  ");
		term_write(stdout, span_of(pg_text(found, i, "label")));
		printf("  ");
		term_write(stdout, span_of(pg_text(found, i, "id")));
		printf("  removed %s\n", figure_ago(-pg_int(found, i, "age_ms") - 1, ago));
		bool last = i + 1 == PQntuples(found) || strcmp(kind, pg_text(found, i + 1, "kind")) != 0;
		if (--left > 0 && last)
			printf("  ... and %s more\n", figure_count(left, count));
	}
}

static void print_counts(const char *verb, const PGresult *counts, const char *figure)
{
	char count[FIGURE_TEXT];
	printf("%s ", verb);
	for (int i = 0; i < PQntuples(counts); i++)
		printf("%s%s", i ? ", " : "", figure_many(pg_int(counts, i, figure), pg_text(counts, i, "kind"), count));
	putchar('\n');
}

static void print_json(const struct restore *restore, const PGresult *found)
{
	for (int i = 0; i < PQntuples(found); i++) {
		struct buf out;
		buf_init(&out, 16 * 1024);
		buf_printf(&out, "{\"account\":\"%s\",\"restored\":%s,\"kind\":\"%s\",\"id\":", restore->wish.account,
		           restore->dry_run ? "false" : "true", pg_text(found, i, "kind"));
		buf_add_json_text(&out, span_of(pg_text(found, i, "id")));
		buf_add_text(&out, ",\"label\":");
		buf_add_json_text(&out, span_of(pg_text(found, i, "label")));
		buf_printf(&out, ",\"removed_by\":\"%s\",\"removed_at\":\"%s\"}", pg_text(found, i, "sync"),
		           pg_text(found, i, "removed_at"));
		puts(buf_text(&out));
		buf_done(&out);
	}
}

/* A person looks at ten; a script, and the check of ids, at all. */
static int restore_and_tell(struct ctl *ctl, const struct restore *restore, struct err *err)
{
	PG_RESULT *found = NULL, *counts = NULL;
	char person[PERSON_TEXT];
	if (removed_find(ctl, &restore->wish, ctl->json || restore->items.count ? NAMES_ALL : NAMES, &found, err))
		return -1;
	if (PQntuples(found) == 0)
		return nothing_found(restore, err);
	if (check_found(restore, found, err))
		return -1;
	if (!ctl->json)
		print_found(found);
	if (!restore->dry_run && removed_restore(ctl, &restore->wish, person_name(person), &counts, err))
		return -1;
	if (ctl->json) {
		print_json(restore, found);
		return 0;
	}
	if (restore->dry_run) {
		puts("\nNothing was restored (--dry-run).");
		return 0;
	}
	putchar('\n');
	print_counts("restored:", counts, "items");
	printf("Where the provider does not list them, the next complete sync would remove them again: what you brought back\n"
	       "is held instead, until it is listed again, or until you give it up: syncline confirm %s\n",
	       restore->wish.account);
	return 0;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the account"};
	struct err err;
	struct restore restore = {.wish = {.account_id = restore.account_id}};
	struct buf items;
	char kind[16] = "";
	const struct option_spec options[] = {{"sync", OPTION_TEXT, &restore.wish.sync, 0},
	                                      {"item", OPTION_TEXTS, &restore.items, 0},
	                                      {"only", OPTION_TEXT, &restore.category, 0},
	                                      {"dry-run", OPTION_FLAG, &restore.dry_run, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &restore.wish.account, &err) || check(&restore, &err) ||
	    ctl_database(ctl, true, &err) || ctl_find_account(ctl, restore.wish.account, restore.account_id, &err))
		return ctl_fail(&err);
	if (restore.category)
		snprintf(kind, sizeof kind, "%.*s", (int)strlen(restore.category) - 1, restore.category);
	buf_init(&items, TEXT_LIST_MAX * (6 * LIMIT_ID + 4));
	add_items(&restore.items, &items);
	restore.wish.items = restore.items.count ? buf_text(&items) : NULL;
	restore.wish.kind = *kind ? kind : NULL;
	int result = restore_and_tell(ctl, &restore, &err);
	buf_done(&items);
	return result ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_restore = {
	.name = "restore",
	.args = "ACCOUNT --sync ID | --item ID... [--only CATEGORY] [--dry-run] [--json]",
	.help = "bring back what a sync removed",
	.text =
		"A removed item keeps its row, so it can come back: all that one sync removed, or single items by their ids. A\n"
		"playlist comes back with its entries. It is recorded in the history, with who did it.\n\n"
		"The provider may still not list the items. What a person brought back is then not removed again: complete\n"
		"syncs hold it and say so, until the provider lists it again, or until you agree (syncline confirm).\n\n"
		"  --sync ID        what this sync removed; `syncline history ACCOUNT` shows the ids\n"
		"  --item ID        one item by the provider's id; may be given up to 100 times\n"
		"  --only CATEGORY  only artists, albums, tracks or playlists\n"
		"  --dry-run        only tell what would come back\n"
		"  --json           an object for each item\n\n"
		"  syncline restore home --sync 019ac3f1-0000-7000-8000-000000000001 --dry-run\n"
		"  syncline restore home --item tr-4711\n\n"
		"Exit code: 0 restored, 4 nothing of the kind is removed, 5 the database is away or the library is locked.\n",
	.run = run,
};
