/* Questions to the shelf. */
#include "console/shelf_read.h"

#include <stdio.h>

#include "common/fold.h"
#include "common/limits.h"
#include "common/sql.h"

enum { NUMBER_TEXT = 16 };

int shelf_list(struct pg *pg, const struct shelf_list *list, PGresult **rows, struct err *err)
{
	char limit[NUMBER_TEXT];
	bool back = *list->before != '\0';
	const char *place = back ? list->before : list->after;
	const char *values[] = {list->account_id, list->kind->name,      list->removed ? "true" : "false",
	                        list->letter,     *place ? place : NULL, limit};
	snprintf(limit, sizeof limit, "%d", list->limit + 1);
	return pg_query(pg, sql_text(back ? "q_shelf_before" : "q_shelf_after"), 6, values, rows, err);
}

int shelf_letters(struct pg *pg, const struct shelf_list *list, PGresult **rows, struct err *err)
{
	const char *values[] = {list->account_id, list->kind->name, list->removed ? "true" : "false"};
	return pg_query(pg, sql_text("q_shelf_letters"), 3, values, rows, err);
}

int shelf_search(struct pg *pg, const char *account_id, const struct shelf_kind *kind, const char *text, int limit,
                 struct arena *arena, PGresult **rows, struct err *err)
{
	char letter[FOLD_LETTER], most[NUMBER_TEXT];
	struct buf question;
	const char *folded = fold_text(span_of(text), arena);
	if (!folded)
		return err_set(err, ERR_CONFIG, 0, "that is too much to search for");
	fold_letter(folded, letter);
	snprintf(most, sizeof most, "%d", limit);
	buf_init(&question, LIMIT_STATEMENT_BYTES);
	shelf_add_question(&question, account_id, kind, folded);
	const char *values[] = {account_id, kind->name, folded, letter, buf_text(&question), most};
	int result = pg_query(pg, sql_text("q_shelf_search"), 6, values, rows, err);
	buf_done(&question);
	return result;
}

int shelf_linked(struct pg *pg, const struct shelf_links *links, PGresult **rows, struct err *err)
{
	char from[NUMBER_TEXT], count[NUMBER_TEXT], most[NUMBER_TEXT];
	struct buf question;
	snprintf(from, sizeof from, "%d", links->offset);
	snprintf(count, sizeof count, "%d", links->limit);
	snprintf(most, sizeof most, "%d", links->most);
	buf_init(&question, LIMIT_STATEMENT_BYTES);
	shelf_add_link_question(&question, links->account_id, links->kind, links->link, links->id);
	const char *in_place = links->link == SHELF_ON_ALBUM ? "true" : "false";
	const char *values[] = {links->account_id, links->kind->name, buf_text(&question), from, count, in_place, most};
	int result = pg_query(pg, sql_text("q_shelf_linked"), 7, values, rows, err);
	buf_done(&question);
	return result;
}
