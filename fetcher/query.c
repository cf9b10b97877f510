/* Rendering requests. */
#include "fetcher/query.h"

#include "common/vault.h"

/* Later than any library: servers that know ifModifiedSince then answer with the time alone. */
#define FAR_FUTURE_MS "4102444800000"

static void render(const struct session *session, const struct request *request, const struct query_args *args,
                   struct buf *query)
{
	bool overlaps = request->paging == PAGING_OFFSET && args->offset > 0 && !args->exactly;
	/* One more than wanted where the first is only the overlap: a page of the overlap alone means the end. */
	int size = args->size + (args->offset > 0), size_max = session->provider->page_size_max;
	for (const char *c = request->query; *c;) {
		if (strncmp(c, "{size}", 6) == 0)
			buf_printf(query, "%d", size < size_max ? size : size_max);
		else if (strncmp(c, "{offset}", 8) == 0)
			buf_printf(query, "%lld", (long long)(args->offset - overlaps));
		else if (strncmp(c, "{past}", 6) == 0)
			buf_add_text(query, FAR_FUTURE_MS);
		else if (strncmp(c, "{id}", 4) == 0)
			provider_escape(query, span_of(args->id ? args->id : ""));
		else {
			buf_add_byte(query, *c++);
			continue;
		}
		c = strchr(c, '}') + 1;
	}
}

int query_send(const struct session *session, const struct request *request, const struct query_args *args,
               struct transfer *transfer, struct err *err)
{
	struct buf query, url;
	buf_init(&query, 4 * (LIMIT_SECRET + LIMIT_ID));
	buf_init(&url, LIMIT_URL + 128);
	session->provider->sign(session, &query);
	if (*request->query)
		buf_add_byte(&query, '&');
	render(session, request, args, &query);
	buf_printf(&url, "%s/rest/%s", session->account->url, request->name);
	int result = buf_ok(&query) && buf_ok(&url)
	                 ? transfer_start(transfer, buf_text(&url), buf_text(&query), session->form_post, err)
	                 : err_set(err, ERR_CONFIG, 0, "the request %s is longer than allowed", request->name);
	if (query.at)
		vault_wipe(query.at, query.len);
	buf_done(&query);
	buf_done(&url);
	return result;
}
