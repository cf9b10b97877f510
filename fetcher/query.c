/* Rendering requests. */
#include "fetcher/query.h"

#include "common/vault.h"

/* Later than any library: servers that know ifModifiedSince then answer with the time alone. */
#define FAR_FUTURE_MS "4102444800000"

struct rendering {
	const struct session *session;
	const struct request *request;
	const struct query_args *args;
};

static void add_size(const struct rendering *rendering, struct buf *out)
{
	/* One more than wanted where the first is only the overlap: a page of the overlap alone means the end. */
	bool one_more = rendering->request->paging == PAGING_OFFSET && rendering->args->offset > 0;
	int size = rendering->args->size + one_more, max = rendering->session->provider->page_size_max;
	buf_printf(out, "%d", size < max ? size : max);
}

static void add_offset(const struct rendering *rendering, struct buf *out)
{
	const struct query_args *args = rendering->args;
	bool overlaps = rendering->request->paging == PAGING_OFFSET && args->offset > 0 && !args->exactly;
	buf_printf(out, "%lld", (long long)(args->offset - overlaps));
}

static void add_after(const struct rendering *rendering, struct buf *out)
{
	if (!rendering->args->after || !*rendering->args->after)
		return;
	buf_add_text(out, "&after=");
	provider_escape(out, span_of(rendering->args->after));
}

static void add_language(const struct rendering *rendering, struct buf *out)
{
	if (!*rendering->session->language)
		return;
	buf_add_text(out, "&l=");
	provider_escape(out, span_of(rendering->session->language));
}

static void add_id(const struct rendering *rendering, struct buf *out)
{
	provider_escape(out, span_of(rendering->args->id ? rendering->args->id : ""));
}

static void add_past(const struct rendering *rendering, struct buf *out)
{
	(void)rendering;
	buf_add_text(out, FAR_FUTURE_MS);
}

static const struct {
	const char *word;
	void (*add)(const struct rendering *rendering, struct buf *out);
} places[] = {
	{"{size}", add_size},   {"{offset}", add_offset}, {"{&after}", add_after},
	{"{&l}", add_language}, {"{id}", add_id},         {"{past}", add_past},
};

static void render(const struct rendering *rendering, const char *text, struct buf *out)
{
	while (*text) {
		size_t i = 0;
		while (i < COUNT_OF(places) && strncmp(text, places[i].word, strlen(places[i].word)) != 0)
			i++;
		if (i == COUNT_OF(places)) {
			buf_add_byte(out, *text++);
			continue;
		}
		places[i].add(rendering, out);
		text += strlen(places[i].word);
	}
}

int query_send(const struct session *session, const struct request *request, const struct query_args *args,
               struct transfer *transfer, struct err *err)
{
	const struct rendering rendering = {session, request, args};
	struct signature signature;
	struct buf url;
	buf_init(&signature.query, 4 * (LIMIT_SECRET + LIMIT_ID));
	buf_init(&signature.headers, 2 * LIMIT_SECRET);
	buf_init(&url, LIMIT_URL + 4 * LIMIT_ID);
	int result = session->provider->sign(session, &signature, err);
	buf_add_text(&url, session->account->url);
	render(&rendering, request->path, &url);
	if (signature.query.len && *request->query)
		buf_add_byte(&signature.query, '&');
	render(&rendering, request->query, &signature.query);
	const struct asking asking = {buf_text(&url), buf_text(&signature.query), buf_text(&signature.headers),
	                              session->form_post};
	if (result == 0)
		result = buf_ok(&signature.query) && buf_ok(&signature.headers) && buf_ok(&url)
		             ? transfer_start(transfer, &asking, err)
		             : err_set(err, ERR_CONFIG, 0, "the request %s is longer than allowed", request->name);
	if (signature.query.starved || signature.headers.starved || url.starved)
		result = err_set(err, ERR_RETRY, 0, "no memory for the request %s", request->name);
	if (signature.query.at)
		vault_wipe(signature.query.at, signature.query.len);
	if (signature.headers.at)
		vault_wipe(signature.headers.at, signature.headers.len);
	buf_done(&signature.query);
	buf_done(&signature.headers);
	buf_done(&url);
	return result;
}
