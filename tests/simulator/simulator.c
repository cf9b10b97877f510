/* The way of one request: limit, waiting edits, fault, credentials, page or cache, compression, fault again, journal. */
#include "simulator.h"

#include <stdio.h>
#include <time.h>

#include "control.h"
#include "opensubsonic.h"

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

static void refuse_limit(struct response *response, int64_t retry_after_s)
{
	answer_text(response, 429, "text/plain", "Too Many Requests\n");
	snprintf(response->headers, sizeof response->headers, "Retry-After: %lld\r\n", (long long)retry_after_s);
}

/* A refusal in the flavour's words: an envelope, or the plain body of a server that knows no such page. */
static void refuse(struct simulator *sim, const struct failure *failure, int http_status, struct response *response)
{
	struct page page;
	if (!http_status) {
		answer_text(response, 404, *failure->message == '<' ? "text/html" : "text/plain", failure->message);
		return;
	}
	page_begin(&page, &sim->scratch, sim->flavour, &(struct spoil){0});
	page_fail(&page, failure->code, failure->message);
	response->status = http_status;
	response->content_type = "application/json";
	response->body = body_new(sim->scratch.at, sim->scratch.len);
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

static void cache_key(struct out *key, const char *method, const struct request *request, bool gzip)
{
	key->len = 0;
	out_byte(key, gzip ? 'z' : '-');
	out_str(key, method);
	for (unsigned i = 0; i < request->param_count; i++) {
		if (is_personal(request->params[i].key))
			continue;
		out_byte(key, 0);
		out_str(key, request->params[i].key);
		out_byte(key, 0);
		out_str(key, request->params[i].value);
	}
}

static struct body *render(struct simulator *sim, const struct call *call, const char *method,
                           const struct spoil *spoil, bool gzip)
{
	struct page page;
	opensubsonic_answer(call, method, spoil, &sim->scratch, &page);
	struct body *body = body_new(sim->scratch.at, sim->scratch.len);
	body->total_count = page.total;
	struct body *zipped = gzip ? body_gzip(body) : NULL;
	if (zipped)
		body_unref(&body);
	return zipped ? zipped : body;
}

static struct body *find_or_render(struct simulator *sim, const struct call *call, const char *method, bool gzip)
{
	const struct spoil healthy = {0};
	uint64_t generation = sim->library.generation;
	if (!opensubsonic_cacheable(call, method))
		return render(sim, call, method, &healthy, gzip);
	cache_key(&sim->query, method, call->request, gzip);
	struct body *body = cache_find(&sim->cache, generation, sim->query.at, sim->query.len);
	if (body)
		return body;
	body = render(sim, call, method, &healthy, gzip);
	if (body->len >= CACHE_FROM_BYTES)
		cache_keep(&sim->cache, generation, sim->query.at, sim->query.len, body);
	return body;
}

static void answer_page(struct simulator *sim, const struct request *request, const char *method,
                        const struct fault *fault, struct response *response)
{
	const struct call call = {&sim->library, sim->flavour, &sim->login, request};
	const struct spoil spoil = fault ? fault_spoil(fault) : (struct spoil){0};
	bool spoilt = spoil_any(&spoil), gzip = sim->gzip && request->accepts_gzip;
	const char *format = request_param(request, "f");
	int http_status;
	if (!format || strcmp(format, "json") != 0) {
		answer_text(response, 200, "application/xml",
		            "<subsonic-response status=\"failed\" version=\"1.16.1\"><error "
		            "code=\"0\" message=\"the simulator speaks f=json only\"/></subsonic-response>\n");
		return;
	}
	const struct failure *failure = opensubsonic_refuse(&call, method, &http_status);
	if (failure) {
		refuse(sim, failure, http_status, response);
		return;
	}
	response->status = 200;
	response->content_type = "application/json";
	response->body = spoilt ? render(sim, &call, method, &spoil, gzip) : find_or_render(sim, &call, method, gzip);
	int used = 0;
	if (response->body->gzip)
		used = snprintf(response->headers, sizeof response->headers, "Content-Encoding: gzip\r\n");
	if (response->body->total_count >= 0)
		snprintf(response->headers + used, sizeof response->headers - (size_t)used, "x-total-count: %lld\r\n",
		         (long long)response->body->total_count);
}

static void answer_method(struct simulator *sim, const struct request *request, const char *method,
                          struct response *response, struct journal_entry *entry)
{
	int64_t retry_after_s;
	entry->time_ms = wall_ms();
	sim->query.len = 0;
	request_query(request, true, &sim->query);
	const char *query = out_text(&sim->query);
	snprintf(entry->query, sizeof entry->query, "%s", query);
	if (limit_refuses(&sim->limit, entry->time_ms, &retry_after_s)) {
		snprintf(entry->mark, sizeof entry->mark, "limit");
		refuse_limit(response, retry_after_s);
		return;
	}
	edits_due(&sim->edits, &sim->library, method, query);
	const struct fault *fault = faults_strike(&sim->faults, method, query);
	if (fault) {
		snprintf(entry->mark, sizeof entry->mark, "%s", fault_name(fault));
		sim->journal.faults++;
	}
	if (!fault || !fault_replace(fault, sim->flavour, response))
		answer_page(sim, request, method, fault, response);
	if (fault)
		fault_deliver(fault, response);
}

void simulator_answer(void *context, const struct request *request, struct response *response)
{
	struct simulator *sim = context;
	char method[METHOD_NAME_MAX];
	if (strncmp(request->path, "/_sim/", 6) == 0) {
		control_answer(sim, request, response);
		return;
	}
	if (!opensubsonic_method(request->path, method)) {
		answer_text(response, 404, "text/plain", "404 page not found\n");
		return;
	}
	if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "POST") != 0) {
		answer_text(response, 405, "text/plain", "405 method not allowed\n");
		return;
	}
	struct journal_entry *entry = journal_add(&sim->journal, method);
	answer_method(sim, request, method, response, entry);
	entry->status = response->status;
	entry->bytes = response->cut != CUT_NONE ? response->cut_at : response->status ? response->body->len : 0;
	sim->journal.bytes += entry->bytes;
}
