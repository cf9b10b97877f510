/* The kinds of fault, one row each: how it spoils the page, replaces the response, or disturbs its delivery. */
#include "fault.h"

#include <stdio.h>
#include <string.h>

#include "mix.h"
#include "service.h"

struct fault_kind {
	const char *name;
	void (*spoil)(const struct fault *fault, struct spoil *spoil);
	void (*replace)(const struct fault *fault, const struct flavour *flavour, struct response *response);
	void (*deliver)(const struct fault *fault, struct response *response);
};

/* Takes the bytes away from *out. */
static void answer(struct response *response, int status, const char *content_type, struct out *out)
{
	body_unref(&response->body);
	response->status = status;
	response->content_type = content_type;
	response->body = body_new(out->at, out->len);
	out_done(out);
}

static void spoil_empty(const struct fault *fault, struct spoil *spoil)
{
	(void)fault;
	spoil->empty = true;
}

static void spoil_last(const struct fault *fault, struct spoil *spoil)
{
	(void)fault;
	spoil->last = true;
}

static void spoil_short(const struct fault *fault, struct spoil *spoil)
{
	spoil->fewer = (uint32_t)fault->items;
}

static void spoil_repeat(const struct fault *fault, struct spoil *spoil)
{
	spoil->back = (uint32_t)fault->items;
}

static void spoil_hide(const struct fault *fault, struct spoil *spoil)
{
	spoil->hidden = (uint32_t)fault->items;
	spoil->hidden_at = fault->at < 0 ? 0 : (uint32_t)fault->at;
}

static void spoil_malformed(const struct fault *fault, struct spoil *spoil)
{
	spoil->malformed = (uint32_t)fault->items;
}

static void spoil_utf8(const struct fault *fault, struct spoil *spoil)
{
	(void)fault;
	spoil->bad_utf8 = true;
}

static void spoil_nul(const struct fault *fault, struct spoil *spoil)
{
	(void)fault;
	spoil->nul = true;
}

/* The short names of bodies stand for what proxies and applications send; anything else is sent as given. */
static const char *status_body(const struct fault *fault, struct out *out)
{
	if (strcmp(fault->body, "html") == 0) {
		out_printf(out,
		           "<html>\r\n<head><title>%d</title></head>\r\n<body><center><h1>%d</h1></center><hr>"
		           "<center>nginx</center></body>\r\n</html>\r\n",
		           (int)fault->status, (int)fault->status);
		return "text/html";
	}
	if (strcmp(fault->body, "json") == 0) {
		OUT_LIT(out, "{\"error\":\"something went wrong\"}");
		return "application/json";
	}
	out_str(out, fault->body);
	return "text/plain";
}

static void replace_status(const struct fault *fault, const struct flavour *flavour, struct response *response)
{
	struct out out = {0};
	(void)flavour;
	const char *content_type = status_body(fault, &out);
	answer(response, (int)fault->status, content_type, &out);
	if (*fault->retry_after)
		snprintf(response->headers, sizeof response->headers, "Retry-After: %s\r\n", fault->retry_after);
}

/* In the provider's own shape, and with the status it goes with there. */
static void replace_failed(const struct fault *fault, const struct flavour *flavour, struct response *response)
{
	struct out out = {0};
	const struct fault_text text = {(int)fault->status, fault->code, *fault->body ? fault->body : "scripted failure",
	                                fault->reason};
	int status = flavour->service->fail(flavour, &text, &out);
	answer(response, status, flavour->service->content_type, &out);
	if (*fault->retry_after)
		snprintf(response->headers, sizeof response->headers, "Retry-After: %s\r\n", fault->retry_after);
}

/* An answer that is right in form but not in size: an empty page with one member more. */
static void replace_envelope(const struct flavour *flavour, struct response *response, int64_t deep, int64_t bytes)
{
	struct out out = {0};
	struct page page;
	page_begin_empty(&page, &out, flavour, flavour->service->empty);
	PAGE_KEY(&page, "padding");
	for (int64_t i = 0; i < deep; i++)
		out_byte(&out, '[');
	if (!deep)
		out_byte(&out, '"');
	out_grow(&out, (size_t)bytes + 1);
	memset(out.at + out.len, 'x', (size_t)bytes);
	out.len += (size_t)bytes;
	if (!deep)
		out_byte(&out, '"');
	for (int64_t i = 0; i < deep; i++)
		out_byte(&out, ']');
	page_end_empty(&page, flavour->service->empty);
	answer(response, 200, flavour->service->content_type, &out);
}

static void replace_large(const struct fault *fault, const struct flavour *flavour, struct response *response)
{
	replace_envelope(flavour, response, 0, fault->mb * 1000 * 1000);
}

static void replace_deep(const struct fault *fault, const struct flavour *flavour, struct response *response)
{
	replace_envelope(flavour, response, fault->depth, 0);
}

static void replace_redirect(const struct fault *fault, const struct flavour *flavour, struct response *response)
{
	struct out out = {0};
	(void)flavour;
	answer(response, 302, "text/html", &out);
	snprintf(response->headers, sizeof response->headers, "Location: %s\r\n", fault->to);
}

/* A gzip header, then noise where the deflate stream should be. */
static void replace_garbage(const struct fault *fault, const struct flavour *flavour, struct response *response)
{
	struct out out = {0};
	(void)fault;
	(void)flavour;
	out_bytes(&out, "\x1f\x8b\x08\0\0\0\0\0\0\xff\x07", 11); /* block type 3 does not exist */
	for (uint32_t i = 0; i < 1000; i++)
		out_byte(&out, (char)draw(7, 7, i));
	answer(response, 200, "application/json", &out);
	snprintf(response->headers, sizeof response->headers, "Content-Encoding: gzip\r\n");
}

/* Valid gzip that ends too early although Content-Length is right: one stored block of 4096 bytes, 100 of them sent. */
static void replace_cut_gzip(const struct fault *fault, const struct flavour *flavour, struct response *response)
{
	struct out out = {0};
	(void)fault;
	(void)flavour;
	out_bytes(&out, "\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\x00\x10\xff\xef", 15);
	OUT_LIT(&out, "{\"subsonic-response\":{\"status\":\"ok\",\"version\":\"1.16.1\",\"padding\":\"");
	for (unsigned i = 0; i < 33; i++)
		out_byte(&out, 'x');
	answer(response, 200, "application/json", &out);
	snprintf(response->headers, sizeof response->headers, "Content-Encoding: gzip\r\n");
}

static size_t stop_at(const struct fault *fault, const struct response *response)
{
	size_t len = response->body->len;
	if (fault->at < 0)
		return len / 2;
	return (size_t)fault->at < len ? (size_t)fault->at : len;
}

static void deliver_truncate(const struct fault *fault, struct response *response)
{
	response->cut = CUT_CLOSE;
	response->cut_at = stop_at(fault, response);
}

static void deliver_reset(const struct fault *fault, struct response *response)
{
	response->cut = CUT_RESET;
	response->cut_at = stop_at(fault, response);
}

static void deliver_stall(const struct fault *fault, struct response *response)
{
	response->stall_ms = fault->ms;
	response->stall_at = fault->at < 0 ? 0 : stop_at(fault, response);
}

static void deliver_close(const struct fault *fault, struct response *response)
{
	(void)fault;
	body_unref(&response->body);
	response->status = 0;
}

/* clang-format off */
static const struct fault_kind kinds[] = {
	{"status", NULL, replace_status, NULL},
	{"failed", NULL, replace_failed, NULL},
	{"empty", spoil_empty, NULL, NULL},
	{"last", spoil_last, NULL, NULL},
	{"short", spoil_short, NULL, NULL},
	{"repeat", spoil_repeat, NULL, NULL},
	{"hide", spoil_hide, NULL, NULL},
	{"malformed", spoil_malformed, NULL, NULL},
	{"utf8", spoil_utf8, NULL, NULL},
	{"nul", spoil_nul, NULL, NULL},
	{"large", NULL, replace_large, NULL},
	{"deep", NULL, replace_deep, NULL},
	{"redirect", NULL, replace_redirect, NULL},
	{"garbage-gzip", NULL, replace_garbage, NULL},
	{"cut-gzip", NULL, replace_cut_gzip, NULL},
	{"truncate", NULL, NULL, deliver_truncate},
	{"reset", NULL, NULL, deliver_reset},
	{"stall", NULL, NULL, deliver_stall},
	{"close", NULL, NULL, deliver_close},
};
/* clang-format on */

/* False when it does not fit, or would end the header it is put in. */
static bool take_text(const struct request *request, const char *key, const char *fallback, char *text, size_t size)
{
	const char *given = request_param(request, key);
	if (!given)
		given = fallback;
	snprintf(text, size, "%s", given);
	return strlen(given) < size && !strpbrk(given, "\r\n");
}

const char *faults_add(struct faults *faults, const struct request *request)
{
	struct fault fault = {
		.status = request_int(request, "status", 502),
		.code = request_int(request, "code", 0),
		.ms = request_int(request, "ms", 1000),
		.at = request_int(request, "at", -1),
		.mb = request_int(request, "mb", 50),
		.depth = request_int(request, "depth", 10000),
		.items = request_int(request, "items", 1),
	};
	const char *kind = request_param(request, "kind");
	for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(kinds[i].name, kind) == 0)
			fault.kind = &kinds[i];
	}
	if (!fault.kind)
		return "kind: one of status failed empty last short repeat hide malformed utf8 nul large deep redirect garbage-gzip "
			   "cut-gzip truncate reset stall close";
	if (faults->count == FAULT_MAX)
		return "too many rules; POST /_sim/reset?what=faults";
	if (fault.status < 100 || fault.status > 599 || fault.ms < 0 || fault.mb < 0 || fault.mb > 1000 ||
	    fault.depth < 0 || fault.depth > 10000000 || fault.items < 0 || fault.items > 1000000)
		return "a number is out of its range";
	if (!take_text(request, "body", "html", fault.body, sizeof fault.body) ||
	    !take_text(request, "retry_after", "", fault.retry_after, sizeof fault.retry_after) ||
	    !take_text(request, "reason", "", fault.reason, sizeof fault.reason) ||
	    !take_text(request, "to", "/rest/ping.view", fault.to, sizeof fault.to))
		return "body, retry_after, reason or to: too long, or with a line break";
	if (!request_param(request, "body") && strcmp(kind, "failed") == 0)
		*fault.body = 0;
	const char *wrong = trigger_read(&fault.trigger, request, "nth");
	fault.trigger.salt = faults->count;
	if (!wrong)
		faults->rules[faults->count++] = fault;
	return wrong;
}

const struct fault *faults_strike(struct faults *faults, const char *endpoint, const char *query)
{
	struct fault *striking = NULL;
	for (unsigned i = 0; i < faults->count; i++) {
		if (trigger_sees(&faults->rules[i].trigger, endpoint, query) && !striking)
			striking = &faults->rules[i];
	}
	if (striking)
		trigger_strike(&striking->trigger);
	return striking;
}

const char *fault_name(const struct fault *fault)
{
	return fault->kind->name;
}

struct spoil fault_spoil(const struct fault *fault)
{
	struct spoil spoil = {0};
	if (fault->kind->spoil)
		fault->kind->spoil(fault, &spoil);
	return spoil;
}

bool fault_replace(const struct fault *fault, const struct flavour *flavour, struct response *response)
{
	if (!fault->kind->replace)
		return false;
	fault->kind->replace(fault, flavour, response);
	return true;
}

void fault_deliver(const struct fault *fault, struct response *response)
{
	if (fault->kind->deliver)
		fault->kind->deliver(fault, response);
}
