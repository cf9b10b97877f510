/* One row an endpoint; why a request is refused, in the order it is found out; and the page around the resources. */
#include "applemusic.h"

#include <stdio.h>
#include <stdlib.h>

#include "applemusic_item.h"
#include "mix.h"

/* Writes element `index` of a list. */
typedef void element_function(struct apple_writer *writer, uint32_t index);

struct endpoint {
	const char *name, *before, *after; /* the path: an id stands between, where after is not NULL */
	element_function *element;         /* NULL: a page of its own */
	enum kind kind;                    /* of the list; KIND_PLAYLIST with an id is one playlist's entries */
};

static bool is_one_playlist(const struct endpoint *endpoint)
{
	return endpoint->after && endpoint->element == apple_playlist;
}

static void song_unless_hidden(struct apple_writer *writer, uint32_t track);

static const struct endpoint endpoints[] = {
	{"artists", "/v1/me/library/artists", NULL, apple_artist, KIND_ARTIST},
	{"albums", "/v1/me/library/albums", NULL, apple_album, KIND_ALBUM},
	{"songs", "/v1/me/library/songs", NULL, song_unless_hidden, KIND_TRACK},
	{"playlists", "/v1/me/library/playlists", NULL, apple_playlist, KIND_PLAYLIST},
	{"playlist_tracks", "/v1/me/library/playlists/", "/tracks", apple_entry, KIND_PLAYLIST},
	{"playlist", "/v1/me/library/playlists/", "", apple_playlist, KIND_PLAYLIST},
	{"storefront", "/v1/me/storefront", NULL, NULL, KIND_ARTIST},
};

/* ---- routing ---- */

static bool matches(const struct endpoint *endpoint, const char *path, char id[ID_TEXT_MAX])
{
	size_t before = strlen(endpoint->before), len = strlen(path), after = endpoint->after ? strlen(endpoint->after) : 0;
	*id = 0;
	if (!endpoint->after)
		return strcmp(path, endpoint->before) == 0;
	if (len <= before + after || strncmp(path, endpoint->before, before) != 0 ||
	    strcmp(path + len - after, endpoint->after) != 0)
		return false;
	snprintf(id, ID_TEXT_MAX, "%.*s", (int)(len - before - after), path + before);
	return true;
}

static bool route(struct call *call)
{
	const char *path = call->request->path;
	if (strncmp(path, "/v1/", 4) != 0)
		return false;
	snprintf(call->endpoint, ENDPOINT_MAX, "other");
	for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints && !call->page; i++) {
		if (!matches(&endpoints[i], path, call->id))
			continue;
		call->page = &endpoints[i];
		snprintf(call->endpoint, ENDPOINT_MAX, "%s", endpoints[i].name);
	}
	(void)grants_user_of(call->request->user_token, call->user); /* a token of another shape names nobody */
	return true;
}

/* ---- refusals ---- */

struct refusal {
	int status;
	const char *code, *title, *detail, *parameter; /* parameter: of the query; NULL: none is to blame */
};

static const struct refusal dead_user = {403, "40300", "Forbidden", "Invalid authentication", NULL};
static const struct refusal no_resource = {404, "40400", "Resource Not Found",
                                           "Resource with requested id was not found", NULL};
static const struct refusal no_path = {404, "40401", "No such route", "The route does not exist", NULL};
static const struct refusal no_related = {404, "40403", "No related resources", "No related resources found for tracks",
                                          NULL};
static const struct refusal no_method = {405, "40500", "Method Not Allowed", "GET is what there is", NULL};
static const struct refusal bad_limit = {400, "40005", "Invalid Parameter Value",
                                         "Value must be an integer from 1 to 100", "limit"};
static const struct refusal bad_offset = {400, "40005", "Invalid Parameter Value", "Value must be an integer",
                                          "offset"};
static const struct refusal bad_language = {400, "40005", "Invalid Parameter Value", "Value is no language tag", "l"};
static const struct refusal bad_filter = {400, "40005", "Invalid Parameter Value", "Filters are not supported",
                                          "filter"};

/* Status and code are texts. */
static void write_error(const struct refusal *refusal, struct out *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	OUT_LIT(out, "{\"errors\":[{\"id\":\"");
	for (uint32_t i = 0; i < 26; i++)
		out_byte(out, letters[draw(1, (uint32_t)refusal->status, i) % 32]);
	out_printf(out, "\",\"code\":\"%s\",\"detail\":", refusal->code);
	out_quoted(out, refusal->detail);
	out_printf(out, ",\"status\":\"%d\",\"title\":", refusal->status);
	out_quoted(out, refusal->title);
	if (refusal->parameter)
		out_printf(out, ",\"source\":{\"parameter\":\"%s\"}", refusal->parameter);
	OUT_LIT(out, "}]}");
}

static bool refuse(struct response *response, const struct refusal *refusal)
{
	struct out out = {0};
	write_error(refusal, &out);
	response->status = refusal->status;
	response->content_type = applemusic_service.content_type;
	response->body = body_new(out.at, out.len);
	out_done(&out);
	return true;
}

/* A code nobody gave is the status with two zeros behind. */
static int fail(const struct flavour *flavour, const struct fault_text *text, struct out *out)
{
	char code[24];
	(void)flavour;
	snprintf(code, sizeof code, "%lld", (long long)(text->code ? text->code : (int64_t)text->status * 100));
	write_error(&(struct refusal){text->status, code, text->text, text->text, NULL}, out);
	return text->status;
}

static bool developer_fits(const struct call *call)
{
	const char *header = call->request->authorization;
	const char *token = strncmp(header, "Bearer ", 7) == 0 ? header + 7 : "";
	if (call->developer_key)
		return jwt_good(call->developer_key, token, call->now_ms / 1000);
	return *token && strcmp(token, "bad") != 0;
}

/* A bad developer token is told by an empty body, whoever the user is. */
static bool refuse_tokens(struct call *call, struct response *response)
{
	char user[USER_MAX];
	if (!developer_fits(call)) {
		response->status = 401;
		response->body = body_new("", 0);
		return true;
	}
	if (!grants_check_user_token(call->grants, call->request->user_token, user))
		return refuse(response, &dead_user);
	return false;
}

/* A whole number; false when the parameter is there and is none. */
static bool number(const struct call *call, const char *key, int64_t fallback, int64_t *value)
{
	const char *text = request_param(call->request, key);
	char *end;
	*value = fallback;
	if (!text)
		return true;
	*value = strtoll(text, &end, 10);
	return *text && !*end && *value >= 0 && *value <= UINT32_MAX / 2;
}

/* The limit of a collection is clamped silently; that of a relationship is refused. */
static bool refuse_parameters(const struct call *call, const struct endpoint *endpoint, struct response *response)
{
	int64_t limit, offset;
	const char *language = request_param(call->request, "l");
	if (!number(call, "limit", 25, &limit) || limit < 1 || (endpoint->after && limit > 100))
		return refuse(response, &bad_limit);
	if (!number(call, "offset", 0, &offset))
		return refuse(response, &bad_offset);
	if (language && (strlen(language) < 2 || strlen(language) > 12 || strpbrk(language, " _/")))
		return refuse(response, &bad_language);
	for (unsigned i = 0; i < call->request->param_count; i++) {
		if (strncmp(call->request->params[i].key, "filter[", 7) == 0)
			return refuse(response, &bad_filter);
	}
	return false;
}

/* NULL when the playlist is gone. */
static const struct order *list_of(struct call *call, const struct endpoint *endpoint)
{
	const struct library *library = call->library;
	const struct order *orders[] = {&library->artist_order, &library->album_order, &library->track_order,
	                                &library->playlist_order};
	if (!endpoint->after)
		return orders[endpoint->kind];
	if (!id_read(ID_APPLE, apple_seed(library, call->user), KIND_PLAYLIST, call->id, &call->index) ||
	    call->index >= library->playlist_count || !library->playlists[call->index].live)
		return NULL;
	return &library->playlists[call->index].entries;
}

static bool refuse_list(struct call *call, const struct endpoint *endpoint, struct response *response)
{
	const struct order *order = list_of(call, endpoint);
	int64_t offset = request_int(call->request, "offset", 0);
	if (!order)
		return refuse(response, &no_resource);
	if (endpoint->after && !is_one_playlist(endpoint) && offset >= order->count)
		return refuse(response, &no_related); /* an empty playlist, or beyond the end of one */
	if (!order->count && !offset && call->empty_404)
		return refuse(response, &no_resource);
	return false;
}

static bool settle(struct call *call, struct out *scratch, struct response *response)
{
	const struct endpoint *endpoint = call->page;
	(void)scratch;
	if (refuse_tokens(call, response))
		return true;
	if (!endpoint)
		return refuse(response, &no_path);
	if (strcmp(call->request->method, "GET") != 0)
		return refuse(response, &no_method);
	if (!endpoint->element)
		return false;
	return refuse_parameters(call, endpoint, response) || refuse_list(call, endpoint, response);
}

static bool cacheable(const struct call *call)
{
	return call->page != NULL;
}

/* ---- pages ---- */

static void song_unless_hidden(struct apple_writer *writer, uint32_t track)
{
	if (!apple_hides(writer->call->library, track))
		apple_song(writer, track);
}

/* next, data and meta. Next is a path with the offset alone: neither limit nor include stand in it. */
static void write_list(const struct call *call, const struct endpoint *endpoint, struct apple_writer *writer)
{
	struct page *page = writer->page;
	struct call copy = *call;
	const struct order *order = list_of(&copy, endpoint);
	int64_t limit = request_int(call->request, "limit", 25), offset = request_int(call->request, "offset", 0);
	limit = limit > 100 ? 100 : limit;
	struct window window = window_of(&page->spoil, order->count, limit, offset);
	page_open(page, '{');
	if (offset + limit < order->count && !page->spoil.last) {
		PAGE_KEY(page, "next");
		out_printf(page->out, "\"%s?offset=%lld\"", call->request->path, (long long)(offset + limit));
	}
	PAGE_KEY(page, "data");
	page_open(page, '[');
	for (uint32_t i = 0; i < window.count; i++)
		endpoint->element(writer, order->at[window.from + i]);
	page_close(page, ']');
	if (!call->no_total) {
		PAGE_KEY(page, "meta");
		out_printf(page->out, "{\"total\":%u}", order->count);
	}
	page_close(page, '}');
}

static void write_playlist(const struct call *call, struct apple_writer *writer)
{
	page_open(writer->page, '{');
	PAGE_KEY(writer->page, "data");
	page_open(writer->page, '[');
	apple_playlist(writer, call->index);
	page_close(writer->page, ']');
	page_close(writer->page, '}');
}

static void write_storefront(struct page *page)
{
	OUT_LIT(page->out,
	        "{\"data\":[{\"id\":\"us\",\"type\":\"storefronts\",\"href\":\"/v1/storefronts/us\",\"attributes\":{"
	        "\"defaultLanguageTag\":\"en-US\",\"explicitContentPolicy\":\"allowed\",\"name\":\"United States\","
	        "\"supportedLanguageTags\":[\"en-US\",\"es-MX\",\"fr-FR\"]}}]}");
}

static void write(const struct call *call, const struct spoil *spoil, struct out *out, struct page *page)
{
	const struct endpoint *endpoint = call->page;
	struct apple_writer writer;
	page_start(page, out, call->flavour, spoil);
	apple_writer_init(&writer, page, call);
	if (is_one_playlist(endpoint))
		write_playlist(call, &writer);
	else if (endpoint->element)
		write_list(call, endpoint, &writer);
	else
		write_storefront(page);
	apple_writer_done(&writer);
}

/* ---- truth ---- */

static bool truth_item(const struct library *library, const struct flavour *flavour, const char *user, enum kind kind,
                       uint32_t index, struct out *out)
{
	char id[ID_TEXT_MAX];
	(void)flavour;
	if (kind == KIND_TRACK && apple_hides(library, index))
		return false;
	apple_library_id(apple_seed(library, user), kind, index, id);
	out_str(out, id);
	return true;
}

static bool truth_nameless(enum kind kind, uint32_t index)
{
	return (kind == KIND_TRACK && apple_song_is_bare(index)) || (kind == KIND_ALBUM && apple_album_is_nameless(index));
}

const struct service applemusic_service = {
	.content_type = "application/json;charset=utf-8",
	.route = route,
	.settle = settle,
	.cacheable = cacheable,
	.write = write,
	.fail = fail,
	.empty = "\"data\":[],\"meta\":{\"total\":0}",
	.truth_item = truth_item,
	.truth_nameless = truth_nameless,
	.truth_entry = apple_entry_truth,
	.personal = true,
};
