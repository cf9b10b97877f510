/* The router. */
#include "console/router.h"

#include <microhttpd.h>
#include <stdio.h>
#include <strings.h>

#include "common/log.h"
#include "console/access.h"
#include "console/html.h"
#include "console/layout.h"
#include "console/limits.h"
#include "console/pg_pool.h"

/* ---- errors ---- */

static enum route_family family_of(const struct visit *visit)
{
	if (visit->table)
		return visit->table->family;
	return strncmp(visit->request->path, "/api/", 5) == 0 ? FAMILY_API : FAMILY_PAGE;
}

static void problem_json(struct visit *visit, unsigned status, const char *title, const char *detail)
{
	struct buf *out = VISIT_OUT(visit);
	visit->response->type = "application/problem+json";
	buf_add_text(out, "{\"type\":\"about:blank\",\"title\":");
	buf_add_json_text(out, span_of(title));
	buf_printf(out, ",\"status\":%u,\"detail\":", status);
	buf_add_json_text(out, span_of(detail));
	buf_add_text(out, "}\n");
}

void visit_problem(struct visit *visit, unsigned status, const char *title, const char *detail)
{
	buf_reset(VISIT_OUT(visit), SIZE_MAX);
	visit->response->status = status;
	switch (family_of(visit)) {
	case FAMILY_PAGE:
		layout_problem(visit, title, detail);
		return;
	case FAMILY_API:
		problem_json(visit, status, title, detail);
		return;
	case FAMILY_OWN:
		visit->table->problem(visit, title, detail);
		return;
	}
}

void visit_fail(struct visit *visit, const struct err *err)
{
	switch (err->class) {
	case ERR_REJECT:
		visit_problem(visit, MHD_HTTP_NOT_FOUND, "Not found", err->text);
		return;
	case ERR_CONFIG:
		visit_problem(visit, MHD_HTTP_CONFLICT, "That cannot be done", err->text);
		return;
	case ERR_RETRY:
		http_add_header(visit->request, visit->response, "Retry-After", "5");
		visit_problem(visit, MHD_HTTP_SERVICE_UNAVAILABLE, "Not now", err->text);
		return;
	default:
		log_error("request failed", "%s %s: %s", visit->request->method, visit->request->path, err->text);
		visit_problem(visit, MHD_HTTP_INTERNAL_SERVER_ERROR, "Something went wrong",
		              "It is in the log of syncline serve.");
	}
}

/* ---- matching ---- */

/* Fills parts with what stands in the {}s. false: another path, or a segment that cannot be decoded. */
static bool matches(const char *pattern, const char *path, struct arena *arena, const char *parts[ROUTE_PARTS])
{
	size_t part = 0;
	while (*pattern && *path) {
		if (strncmp(pattern, "{}", 2) != 0) {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		size_t len = strcspn(path, "/");
		parts[part] = http_decode(arena, (struct span){path, len}, false);
		if (len == 0 || !parts[part++])
			return false;
		pattern += 2;
		path += len;
	}
	return !*pattern && !*path;
}

struct found {
	const struct route *route;
	char allowed[80]; /* methods that the path has, when the one asked for is none of them */
};

static void find(struct visit *visit, struct found *found)
{
	*found = (struct found){0};
	for (size_t t = 0; route_tables[t]; t++) {
		for (const struct route *route = route_tables[t]->routes; route->method; route++) {
			if (!matches(route->path, visit->request->path, &visit->request->arena, visit->parts))
				continue;
			visit->table = route_tables[t];
			if (strcmp(route->method, visit->request->method) == 0) {
				found->route = route;
				return;
			}
			size_t used = strlen(found->allowed);
			snprintf(found->allowed + used, sizeof found->allowed - used, "%s%s", used ? ", " : "", route->method);
		}
	}
}

/* ---- access ---- */

static bool changes_something(const struct visit *visit)
{
	return strcmp(visit->request->method, "GET") != 0;
}

/* A page that wants a signed-in person leads there, and back. */
static void ask_to_sign_in(struct visit *visit)
{
	struct buf target;
	buf_init(&target, LIMIT_CONSOLE_HEAD);
	buf_add_text(&target, "/sign-in?to=");
	http_encode(&target, visit->request->path);
	http_redirect(visit->request, visit->response, buf_text(&target));
	buf_done(&target);
}

static bool may(struct visit *visit, const struct route *route)
{
	if (changes_something(visit) && !route->without_csrf && !access_is_from_us(visit)) {
		visit_problem(visit, MHD_HTTP_FORBIDDEN, "This form is too old",
		              "It does not carry this session's proof. Go back, load the page again and repeat.");
		return false;
	}
	if (visit->visitor.scope >= route->scope)
		return true;
	if (visit->visitor.scope != SCOPE_NONE) {
		visit_problem(visit, MHD_HTTP_FORBIDDEN, "Not allowed", "This needs more rights than yours.");
	} else if (family_of(visit) != FAMILY_PAGE) {
		http_add_header(visit->request, visit->response, "WWW-Authenticate", "Bearer");
		visit_problem(visit, MHD_HTTP_UNAUTHORIZED, "Sign in",
		              "Send an API token as \"Authorization: Bearer ...\"; `syncline token add` makes one.");
	} else {
		ask_to_sign_in(visit);
	}
	return false;
}

/* ---- running ---- */

static void run_route(struct visit *visit, const struct found *found)
{
	if (!found->route && !*found->allowed) {
		visit_problem(visit, MHD_HTTP_NOT_FOUND, "Not found", "There is nothing at this address.");
	} else if (!found->route) {
		http_add_header(visit->request, visit->response, "Allow", found->allowed);
		visit_problem(visit, MHD_HTTP_METHOD_NOT_ALLOWED, "Not that way", "This address does not take that method.");
	} else if (may(visit, found->route)) {
		visit->ctl.actor = visit->visitor.name;
		visit->ctl.actor_address = visit->request->address;
		found->route->run(visit);
	}
}

/* To somebody of whom nothing is known yet: what Postgres says of itself (its address, its users) is for the log. */
static void refuse_for_now(struct visit *visit, const struct err *err)
{
	log_warn("request refused", "%s: %s", visit->request->path, err->text);
	http_add_header(visit->request, visit->response, "Retry-After", "5");
	visit_problem(visit, MHD_HTTP_SERVICE_UNAVAILABLE, "Not now",
	              "The database does not answer. Try again in some seconds.");
}

static void visit_with_database(struct visit *visit, const struct found *found)
{
	struct err err;
	if (pg_pool_take(visit->console->pgs, &visit->ctl.pg, &err)) {
		refuse_for_now(visit, &err);
		return;
	}
	if (access_read(visit, &err))
		refuse_for_now(visit, &err);
	else
		run_route(visit, found);
	pg_pool_give(visit->console->pgs, visit->ctl.pg);
}

/* What has no end of its own is cut where it is made; this is for what nobody thought of. */
static void refuse_its_size(struct visit *visit)
{
	log_error("answer too large", "%s", visit->request->path);
	visit_problem(visit, MHD_HTTP_INTERNAL_SERVER_ERROR, "Too much at once",
	              "The answer would be larger than this server sends. Ask for less.");
}

void router_answer(void *context, struct http_request *request, struct http_response *response)
{
	struct console *console = context;
	struct visit visit = {.console = console, .request = request, .response = response};
	struct found found;
	find(&visit, &found);
	visit.ctl.settings = *console->settings;
	access_read_address(&visit);
	if (request->fault.status)
		visit_problem(&visit, request->fault.status, "That cannot be asked", request->fault.text);
	else if (!access_host_is_ours(&visit))
		visit_problem(&visit, MHD_HTTP_MISDIRECTED_REQUEST, "Another address",
		              "As long as nobody has a password, only this machine is answered, under its own name and without a proxy "
		              "between. `syncline user add NAME` sets one.");
	else if (found.route && found.route->without_database)
		found.route->run(&visit);
	else
		visit_with_database(&visit, &found);
	if (!response->stream && !buf_ok(&response->body))
		refuse_its_size(&visit);
}
