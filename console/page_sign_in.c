/* Signing in to the console, and out of it. */
#include <microhttpd.h>
#include <stdio.h>

#include "common/clock.h"
#include "console/access.h"
#include "console/audit.h"
#include "console/guard.h"
#include "console/layout.h"
#include "console/routes.h"
#include "console/user.h"
#include "ctl/figure.h"

/* Only to a page of ours: a path, and not "//elsewhere", also not when a browser has taken out what it does not like in
 * addresses (tabs and breaks) or turned what it takes for a slash. */
static const char *target(const char *to)
{
	for (const char *c = to; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == '\\')
			return "/";
	}
	return to[0] == '/' && to[1] != '/' ? to : "/";
}

static void show_form(struct visit *visit, const char *name, const char *to, const char *problem)
{
	struct buf *out = VISIT_OUT(visit);
	layout_begin(visit, "Sign in", "");
	if (problem)
		html(out, "<p class=\"problem\" role=\"alert\" id=\"problem\">{}</p>", problem);
	html(out,
	     "<form method=\"post\" action=\"/sign-in\" class=\"stack card\"><input type=\"hidden\" name=\"to\" value=\"{}\">"
	     "<label>User<input name=\"name\" value=\"{}\" autocomplete=\"username\" autocapitalize=\"none\" required></label>"
	     "<label>Password<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>"
	     "<div><button>Sign in</button></div></form>",
	     target(to), name);
	layout_end(visit);
}

static void show(struct visit *visit)
{
	show_form(visit, "admin", http_value(&visit->request->query, "to"), NULL);
}

static void refuse(struct visit *visit, unsigned status, const char *name, const char *to, const char *problem)
{
	visit->response->status = status;
	show_form(visit, name, to, problem);
}

static void sign_in(struct visit *visit)
{
	const struct http_pairs *form = &visit->request->form;
	const char *name = http_value(form, "name"), *to = http_value(form, "to");
	char problem[160], wait[FIGURE_TEXT];
	bool good = false;
	struct err err;
	if (access_is_from_elsewhere(visit)) {
		refuse(visit, MHD_HTTP_FORBIDDEN, name, to, "Another site sent this form. Sign in here.");
		return;
	}
	int64_t wait_ms = guard_try(visit->console->guard, visit->request->address, name, clock_ms());
	if (wait_ms) {
		snprintf(problem, sizeof problem, "Too many tries. The next one is possible in %s.",
		         figure_span(wait_ms, wait));
		snprintf(wait, sizeof wait, "%lld", (long long)(wait_ms / 1000 + 1));
		http_add_header(visit->request, visit->response, "Retry-After", wait);
		refuse(visit, MHD_HTTP_TOO_MANY_REQUESTS, name, to, problem);
		return;
	}
	if (user_check(visit->ctl.pg, name, http_value(form, "password"), &good, &err) ||
	    (good && access_begin_session(visit, name, &err))) {
		guard_take_back(visit->console->guard, visit->request->address, name);
		visit_fail(visit, &err);
	} else if (!good) {
		audit_refused(visit, name, "");
		refuse(visit, MHD_HTTP_FORBIDDEN, name, to, "User and password do not fit together.");
	} else {
		guard_forgive(visit->console->guard, visit->request->address, name);
		audit_as(visit, name, "signed in", "");
		http_redirect(visit->request, visit->response, target(to));
	}
}

static void sign_out(struct visit *visit)
{
	struct err err;
	audit(visit, "signed out", "");
	if (access_end_session(visit, &err))
		visit_fail(visit, &err);
	else
		http_redirect(visit->request, visit->response, "/sign-in");
}

/* Signing in carries no proof: there is no session yet. A page elsewhere could sign somebody in as itself at most, which
 * Sec-Fetch-Site prevents in browsers of today. */
static const struct route routes[] = {
	{.method = "GET", .path = "/sign-in", .run = show},
	{.method = "POST", .path = "/sign-in", .run = sign_in, .without_csrf = true},
	{.method = "POST", .path = "/sign-out", .scope = SCOPE_READ, .run = sign_out},
	{0},
};

const struct route_table sign_in_routes = {.family = FAMILY_PAGE, .routes = routes};
