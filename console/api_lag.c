/* /api/v1/lag, /metrics, and the description of the API itself. */
#include "common/clock.h"
#include "common/log.h"
#include "common/stats.h"
#include "console/api.h"
#include "console/assets.h"
#include "console/lag_metrics.h"
#include "console/library_metrics.h"
#include "console/routes.h"

static struct lag_picture *picture_of(struct visit *visit)
{
	struct lag_picture *picture = arena_alloc(&visit->request->arena, sizeof *picture);
	struct err err;
	if (picture) {
		lag_watch_picture(visit->console->lag, picture);
	} else {
		IGNORE(err_set(&err, ERR_RETRY, 0, "no memory for the answer now")); /* fills only */
		visit_fail(visit, &err);
	}
	return picture;
}

static void show_lag(struct visit *visit)
{
	struct buf *out = VISIT_OUT(visit);
	struct lag_picture *picture = picture_of(visit);
	char at[CLOCK_TEXT_MAX];
	if (!picture)
		return;
	visit->response->type = "application/json";
	buf_add_text(out, "{\"at\":");
	if (picture->point.at_ms)
		buf_add_json_text(out, span_of(clock_text(picture->point.at_ms, at)));
	else
		buf_add_text(out, "null");
	buf_printf(out, ",\"reached\":%s,\"groups\":", picture->point.reached ? "true" : "false");
	backlogs_json(&visit->ctl.settings, &picture->backlogs, out);
	buf_add_text(out, "}\n");
}

static void show_metrics(struct visit *visit)
{
	struct lag_picture *picture = picture_of(visit);
	struct err err;
	if (!picture)
		return;
	lag_metrics(&visit->ctl.settings, picture, VISIT_OUT(visit));
	if (library_metrics(visit->ctl.pg, VISIT_OUT(visit),
	                    &err)) /* the lag is told all the same: workers are scaled by it */
		log_warn("figures of the libraries", "%s; left out of this answer", err.text);
	stats_render(FOR_CTL, VISIT_OUT(visit));
	visit->response->type = "text/plain; version=0.0.4; charset=utf-8";
}

static void show_description(struct visit *visit)
{
	assets_show(visit, "openapi.yaml");
}

static const struct route routes[] = {
	{.method = "GET", .path = "/api/v1/lag", .scope = SCOPE_READ, .run = show_lag},
	{.method = "GET", .path = "/metrics", .scope = SCOPE_READ, .run = show_metrics},
	{.method = "GET", .path = "/api/v1/openapi.yaml", .run = show_description, .without_database = true},
	{0},
};

const struct route_table api_lag_routes = {.family = FAMILY_API, .routes = routes};
