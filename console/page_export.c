/* /library/ACCOUNT/export: the library as a download, sent while it is made. */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/log.h"
#include "console/export.h"
#include "console/library_view.h"
#include "console/pg_pool.h"
#include "console/routes.h"
#include "console/visit.h"

struct download {
	struct pg_pool *pgs;
	struct export *export;
	struct buf piece;
	size_t sent; /* of the piece */
	bool more;
};

/* A connection for each piece: who reads slowly holds none. */
static int next_piece(struct download *download, struct err *err)
{
	struct pg *pg = NULL;
	buf_reset(&download->piece, SIZE_MAX);
	download->sent = 0;
	if (pg_pool_take(download->pgs, &pg, err))
		return -1;
	int result = export_next(download->export, pg, &download->piece, &download->more, err);
	pg_pool_give(download->pgs, pg);
	return result;
}

static ssize_t read_download(void *state, char *at, size_t max)
{
	struct download *download = state;
	struct err err;
	while (download->sent == download->piece.len) {
		if (!download->more)
			return HTTP_END;
		if (next_piece(download, &err)) {
			log_warn("export broken off", "%s", err.text);
			return HTTP_BROKEN;
		}
	}
	size_t left = download->piece.len - download->sent, len = left < max ? left : max;
	memcpy(at, download->piece.at + download->sent, len);
	download->sent += len;
	return (ssize_t)len;
}

static void close_download(void *state)
{
	struct download *download = state;
	export_close(&download->export);
	buf_done(&download->piece);
	free(download);
}

static const struct http_stream stream = {read_download, close_download};

static int open_download(struct visit *visit, const struct export_order *order, struct err *err)
{
	struct download *download = calloc(1, sizeof *download);
	if (!download)
		return err_set(err, ERR_RETRY, 0, "no memory for a download");
	if (export_open(visit->ctl.pg, order, &download->export, err)) {
		free(download);
		return -1;
	}
	download->pgs = visit->console->pgs;
	download->more = true;
	buf_init(&download->piece, LIMIT_EXPORT_PIECE);
	visit->response->type = export_type(download->export);
	visit->response->stream = &stream;
	visit->response->stream_state = download;
	return 0;
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
	if (category_set_parse(span_of(http_value(query, "only")), &order.only, &err) ||
	    open_download(visit, &order, &err)) {
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
