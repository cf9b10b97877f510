/* /healthz and /readyz of the console itself, for supervisors. */
#include <microhttpd.h>

#include "common/log.h"
#include "console/pg_pool.h"
#include "console/routes.h"

static void say(struct visit *visit, const char *text)
{
	visit->response->type = "text/plain; charset=utf-8";
	buf_add_text(VISIT_OUT(visit), text);
}

static void healthz(struct visit *visit)
{
	say(visit, "ok\n");
}

static void readyz(struct visit *visit)
{
	struct pg *pg = NULL;
	struct err err;
	if (pg_pool_take(visit->console->pgs, &pg, &err)) {
		log_warn("not ready", "%s", err.text); /* not told: who asks may be anybody */
		visit->response->status = MHD_HTTP_SERVICE_UNAVAILABLE;
		say(visit, "not ready: the database does not answer\n");
		return;
	}
	pg_pool_give(visit->console->pgs, pg);
	say(visit, "ready\n");
}

static void problem(struct visit *visit, const char *title, const char *detail)
{
	(void)title;
	say(visit, detail);
	say(visit, "\n");
}

static const struct route routes[] = {
	{.method = "GET", .path = "/healthz", .run = healthz, .without_database = true},
	{.method = "GET", .path = "/readyz", .run = readyz, .without_database = true},
	{0},
};

const struct route_table health_routes = {.family = FAMILY_OWN, .routes = routes, .problem = problem};
