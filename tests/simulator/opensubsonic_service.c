/* OpenSubsonic as one of the services: what is said before a method answers, and what its failures look like. */
#include "opensubsonic.h"

#include <stdio.h>

static bool route(struct call *call)
{
	const char *user = request_param(call->request, "u");
	snprintf(call->user, USER_MAX, "%s", user ? user : "");
	return opensubsonic_method(call->request->path, call->endpoint);
}

static bool answer_text(struct response *response, int status, const char *content_type, const char *text)
{
	response->status = status;
	response->content_type = content_type;
	response->body = body_new(text, strlen(text));
	return true;
}

/* In the flavour's words: an envelope, or the plain body of a server that knows no such page. */
static bool refuse(const struct call *call, const struct failure *failure, int http_status, struct out *scratch,
                   struct response *response)
{
	struct page page;
	if (!http_status)
		return answer_text(response, 404, *failure->message == '<' ? "text/html" : "text/plain", failure->message);
	page_begin(&page, scratch, call->flavour, &(struct spoil){0});
	page_fail(&page, failure->code, failure->message);
	response->status = http_status;
	response->content_type = "application/json";
	response->body = body_new(scratch->at, scratch->len);
	return true;
}

static bool settle(struct call *call, struct out *scratch, struct response *response)
{
	const char *format = request_param(call->request, "f"), *method = call->request->method;
	int http_status;
	if (strcmp(method, "GET") != 0 && strcmp(method, "POST") != 0)
		return answer_text(response, 405, "text/plain", "405 method not allowed\n");
	if (!format || strcmp(format, "json") != 0)
		return answer_text(response, 200, "application/xml",
		                   "<subsonic-response status=\"failed\" version=\"1.16.1\"><error "
		                   "code=\"0\" message=\"the simulator speaks f=json only\"/></subsonic-response>\n");
	const struct failure *failure = opensubsonic_refuse(call, call->endpoint, &http_status);
	return failure && refuse(call, failure, http_status, scratch, response);
}

static bool cacheable(const struct call *call)
{
	return opensubsonic_cacheable(call, call->endpoint);
}

static void write(const struct call *call, const struct spoil *spoil, struct out *out, struct page *page)
{
	opensubsonic_answer(call, call->endpoint, spoil, out, page);
}

/* Subsonic's failures come with status 200. */
static int fail(const struct flavour *flavour, const struct fault_text *text, struct out *out)
{
	struct page page;
	page_begin(&page, out, flavour, &(struct spoil){0});
	page_fail(&page, (int)text->code, text->text);
	return 200;
}

static bool truth_item(const struct library *library, const struct flavour *flavour, const char *user, enum kind kind,
                       uint32_t index, struct out *out)
{
	char id[ID_TEXT_MAX];
	(void)user;
	out_bytes(out, id, id_write(flavour->ids, library->size.seed, kind, index, id));
	return true;
}

const struct service opensubsonic_service = {
	.content_type = "application/json",
	.route = route,
	.settle = settle,
	.cacheable = cacheable,
	.write = write,
	.fail = fail,
	.truth_item = truth_item,
	.plain_limits = true,
};
