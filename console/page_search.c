/* /library/ACCOUNT/search: what people typed, found in all kinds. As a page, and as the part of one that the search field of
 * every library page fetches while somebody types. */
#include <stdio.h>

#include "console/library_view.h"
#include "console/routes.h"
#include "console/visit.h"
#include "ctl/figure.h"

enum { PAGE_ROWS = 50, PART_ROWS = 8 };

static int add_kind(struct visit *visit, const char *id, const struct shelf_kind *kind, const char *query, int limit,
                    int *found, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *rows = NULL;
	if (shelf_search(visit->ctl.pg, id, kind, query, limit, &visit->request->arena, &rows, err))
		return -1;
	*found += PQntuples(rows);
	if (PQntuples(rows) == 0)
		return 0;
	html(out, "<h2>{}</h2>", kind->title);
	library_table(visit, kind, rows, 0, PQntuples(rows));
	return 0;
}

static int add_found(struct visit *visit, const char *id, const char *query, int limit, struct err *err)
{
	int found = 0;
	char many[FIGURE_TEXT];
	for (size_t i = 0; i < SHELF_KINDS; i++) {
		if (add_kind(visit, id, &shelf_kinds[i], query, limit, &found, err))
			return -1;
	}
	if (*query && found)
		html(VISIT_OUT(visit), "<p class=\"dim\" data-count>{} found.</p>", figure_many(found, "item", many));
	else if (*query)
		html(VISIT_OUT(visit), "<p data-count>Nothing found.</p>");
	return 0;
}

static void show(struct visit *visit)
{
	const char *query = http_value(&visit->request->query, "q");
	bool part = *http_value(&visit->request->query, "part") == '1';
	char id[ID_TEXT];
	struct err err;
	if (!visit_account(visit, id))
		return;
	if (!part)
		library_begin(visit, "Search", NULL, query);
	if (add_found(visit, id, query, part ? PART_ROWS : PAGE_ROWS, &err))
		visit_fail(visit, &err);
	else if (!part)
		layout_end(visit);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/library/{}/search", .scope = SCOPE_READ, .run = show},
	{0},
};

const struct route_table search_routes = {.family = FAMILY_PAGE, .routes = routes};
