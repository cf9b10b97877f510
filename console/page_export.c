/* /library/ACCOUNT/export: the library as a download, sent while it is made. */
#include <stdio.h>

#include "console/export.h"
#include "console/library_view.h"
#include "console/limits.h"
#include "console/pieces.h"
#include "console/routes.h"
#include "console/visit.h"

static int next_piece(void *export, struct pg *pg, struct buf *out, bool *more, struct err *err)
{
	return export_next(export, pg, out, more, err);
}

static void close_export(void *state)
{
	struct export *export = state;
	export_close(&export);
}

static const struct piece_maker maker = {"export", next_piece, close_export};

static int serve(struct visit *visit, const struct export_order *order, struct err *err)
{
	struct export *export = NULL;
	if (export_open(visit->ctl.pg, order, &export, err))
		return -1;
	visit->response->type = export_type(export);
	return pieces_serve(visit, &maker, export, LIMIT_EXPORT_PIECE, err);
}

static void export(struct visit *visit)
{
	const struct http_pairs *query = &visit->request->query;
	const char *playlist = http_value(query, "playlist"), *format = http_value(query, "format");
	char id[ID_TEXT], disposition[LIMIT_ACCOUNT + 64];
	struct err err;
	struct export_order order = {.account = visit->parts[0],
	                             .account_id = id,
	                             .format = *format ? format : "csv",
	                             .playlist = *playlist ? playlist : NULL};
	if (!visit_account(visit, id))
		return;
	if (category_set_parse(span_of(http_value(query, "only")), &order.only, &err) || serve(visit, &order, &err)) {
		visit_fail(visit, &err);
		return;
	}
	snprintf(disposition, sizeof disposition, "attachment; filename=\"%s%s.%s\"", order.account,
	         order.playlist ? "-playlist" : "", order.format);
	http_add_header(visit->request, visit->response, "Content-Disposition", disposition);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/library/{}/export", .scope = SCOPE_READ, .run = export},
	{0},
};

const struct route_table export_routes = {.family = FAMILY_PAGE, .routes = routes};
