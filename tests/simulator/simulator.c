/* The way of one request: limit, waiting edits, fault, credentials, page or cache, compression, fault again, journal. */
#include "simulator.h"

#include <stdio.h>
#include <time.h>

#include "control.h"
#include "service.h"

enum { CACHE_FROM_BYTES = 2048 }; /* smaller ones are written as fast as they are found */

static int64_t wall_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void answer_text(struct response *response, int status, const char *content_type, const char *text)
{
	response->status = status;
	response->content_type = content_type;
	response->body = body_new(text, strlen(text));
}

static void refuse_limit(const struct simulator *sim, struct response *response, int64_t retry_after_s)
{
	const struct service *service = sim->flavour->service;
	const struct fault_text text = {429, 0, "API rate limit exceeded", ""};
	struct out out = {0};
	if (service->plain_limits) {
		answer_text(response, 429, "text/plain", "Too Many Requests\n");
	} else {
		response->status = service->fail(sim->flavour, &text, &out);
		response->content_type = service->content_type;
		response->body = body_new(out.at, out.len);
		out_done(&out);
	}
	if (!sim->limit.silent)
		snprintf(response->headers, sizeof response->headers, "Retry-After: %lld\r\n", (long long)retry_after_s);
}

/* The same for every signed-in client: what the cache goes by. */
static bool is_personal(const char *key)
{
	static const char *const keys[] = {"u", "p", "t", "s", "apiKey", "c", "v", "f"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (strcmp(keys[i], key) == 0)
			return true;
	}
	return false;
}

static void key_part(struct out *key, const char *text)
{
	out_byte(key, 0);
	out_str(key, text);
}

static void cache_key(struct out *key, const struct call *call, bool gzip)
{
	const struct request *request = call->request;
	key->len = 0;
	out_byte(key, gzip ? 'z' : '-');
	out_str(key, call->endpoint);
	key_part(key, request->path);
	key_part(key, call->flavour->service->personal ? call->user : "");
	key_part(key, request->host); /* pages may hold links to where they came from */
	for (unsigned i = 0; i < request->param_count; i++) {
		if (is_personal(request->params[i].key))
			continue;
		key_part(key, request->params[i].key);
		key_part(key, request->params[i].value);
	}
}

static struct body *render(struct simulator *sim, const struct call *call, const struct spoil *spoil, bool gzip)
{
	struct page page;
	sim->flavour->service->write(call, spoil, &sim->scratch, &page);
	struct body *body = body_new(sim->scratch.at, sim->scratch.len);
	body->total_count = page.total;
	struct body *zipped = gzip ? body_gzip(body) : NULL;
	if (zipped)
		body_unref(&body);
	return zipped ? zipped : body;
}

static struct body *find_or_render(struct simulator *sim, const struct call *call, bool gzip)
{
	const struct spoil healthy = {0};
	uint64_t generation = sim->library.generation;
	if (!sim->flavour->service->cacheable(call))
		return render(sim, call, &healthy, gzip);
	cache_key(&sim->query, call, gzip);
	struct body *body = cache_find(&sim->cache, generation, sim->query.at, sim->query.len);
	if (body)
		return body;
	body = render(sim, call, &healthy, gzip);
	if (body->len >= CACHE_FROM_BYTES)
		cache_keep(&sim->cache, generation, sim->query.at, sim->query.len, body);
	return body;
}

static uint64_t digest(const struct body *body)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
	for (size_t i = 0; i < body->len; i++)
		hash = (hash ^ (unsigned char)body->bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static void page_headers(const struct simulator *sim, struct response *response)
{
	char *to = response->headers, *end = to + sizeof response->headers;
	if (response->body->gzip)
		to += snprintf(to, (size_t)(end - to), "Content-Encoding: gzip\r\n");
	if (response->body->total_count >= 0)
		to += snprintf(to, (size_t)(end - to), "x-total-count: %lld\r\n", (long long)response->body->total_count);
	if (sim->flavour->service->etag)
		snprintf(to, (size_t)(end - to), "ETag: W/\"%016llx\"\r\n", (unsigned long long)digest(response->body));
}

static void answer_page(struct simulator *sim, struct call *call, const struct fault *fault, struct response *response)
{
	const struct spoil spoil = fault ? fault_spoil(fault) : (struct spoil){0};
	bool gzip = sim->gzip && call->request->accepts_gzip;
	if (sim->flavour->service->settle(call, &sim->scratch, response))
		return;
	response->status = 200;
	response->content_type = sim->flavour->service->content_type;
	response->body = spoil_any(&spoil) ? render(sim, call, &spoil, gzip) : find_or_render(sim, call, gzip);
	page_headers(sim, response);
}

/* What is matched and logged: the user and the id of the path stand before the parameters where these do not tell. */
static const char *query_text(struct simulator *sim, const struct call *call)
{
	struct out *query = &sim->query;
	query->len = 0;
	if (*call->user && !request_param(call->request, "u"))
		out_printf(query, "u=%s", call->user);
	if (*call->id)
		out_printf(query, "%sid=%s", query->len ? "&" : "", call->id);
	if (*call->part)
		out_printf(query, "&part=%s", call->part);
	request_query(call->request, true, query);
	return out_text(query);
}

static void answer_call(struct simulator *sim, struct call *call, struct response *response,
                        struct journal_entry *entry)
{
	int64_t retry_after_s;
	entry->time_ms = call->now_ms;
	const char *query = query_text(sim, call);
	snprintf(entry->query, sizeof entry->query, "%s", query);
	if (!call->unlimited && limit_refuses(&sim->limit, entry->time_ms, &retry_after_s)) {
		snprintf(entry->mark, sizeof entry->mark, "limit");
		refuse_limit(sim, response, retry_after_s);
		return;
	}
	edits_due(&sim->edits, &sim->library, call->endpoint, query);
	const struct fault *fault = faults_strike(&sim->faults, call->endpoint, query);
	if (fault) {
		snprintf(entry->mark, sizeof entry->mark, "%s", fault_name(fault));
		sim->journal.faults++;
	}
	if (!fault || !fault_replace(fault, sim->flavour, response))
		answer_page(sim, call, fault, response);
	if (fault)
		fault_deliver(fault, response);
	if (*call->user && strcmp(call->endpoint, "token") == 0)
		grants_asked(call->grants, call->user, call->now_ms, response->stall_ms);
}

void simulator_answer(void *context, const struct request *request, struct response *response)
{
	struct simulator *sim = context;
	struct call call = {
		.library = &sim->library,
		.flavour = sim->flavour,
		.login = &sim->login,
		.request = request,
		.grants = &sim->grants,
		.developer_key = sim->developer_key,
		.now_ms = wall_ms(),
		.serial = ++sim->serial,
		.fat = sim->fat,
		.empty_404 = sim->empty_404,
		.no_total = sim->no_total,
	};
	if (strncmp(request->path, "/_sim/", 6) == 0) {
		control_answer(sim, request, response);
		return;
	}
	if (!sim->flavour->service->route(&call)) {
		answer_text(response, 404, "text/plain", "404 page not found\n");
		return;
	}
	struct journal_entry *entry = journal_add(&sim->journal, call.endpoint);
	if (!call.unlimited)
		pause_saw(&sim->pause, call.now_ms);
	answer_call(sim, &call, response, entry);
	pause_told(&sim->pause, call.now_ms, response);
	entry->status = response->status;
	entry->bytes = response->cut != CUT_NONE ? response->cut_at : response->status ? response->body->len : 0;
	sim->journal.bytes += entry->bytes;
}
