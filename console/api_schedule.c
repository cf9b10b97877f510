/* /api/v1/accounts/{}/schedule: the rule by which an account is synced by itself. */
#include <microhttpd.h>

#include "common/sql.h"
#include "console/api.h"
#include "console/audit.h"
#include "console/routes.h"
#include "console/schedule.h"
#include "console/visit.h"

static const char none[] = "The account has no schedule.";

static void answer(struct visit *visit, const char *account)
{
	api_object(visit, sql_text("q_schedule_list"), 1, &account, none);
}

static void show(struct visit *visit)
{
	char account[ID_TEXT];
	if (visit_account(visit, account))
		answer(visit, account);
}

/* ---- set ---- */

/* What is no number of minutes becomes one that schedule_read refuses. */
static int64_t read_minutes(yyjson_val *jitter)
{
	if (!jitter)
		return 0;
	return yyjson_is_uint(jitter) && yyjson_get_uint(jitter) <= SCHEDULE_JITTER_MOST_MIN
	           ? (int64_t)yyjson_get_uint(jitter)
	           : -1;
}

/* false: answered. */
static bool read_wish(struct visit *visit, yyjson_doc *body, struct schedule_wish *wish)
{
	yyjson_val *root = yyjson_doc_get_root(body);
	yyjson_val *jitter = yyjson_obj_get(root, "jitter_minutes"), *catch_up = yyjson_obj_get(root, "catch_up");
	if (!api_text(visit, body, "rule", &wish->rule) || !api_text(visit, body, "zone", &wish->zone) ||
	    !api_text(visit, body, "mode", &wish->mode))
		return false;
	wish->rule = wish->rule ? wish->rule : "";
	wish->zone = wish->zone ? wish->zone : "UTC";
	wish->mode = wish->mode ? wish->mode : "incremental";
	wish->jitter_min = read_minutes(jitter);
	wish->skip_missed = catch_up && !yyjson_get_bool(catch_up);
	if (!catch_up || yyjson_is_bool(catch_up))
		return true;
	visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked", "catch_up must be true or false.");
	return false;
}

/* Answers with the next runs alone, when that is all that is wanted. */
static void answer_runs(struct visit *visit, const struct schedule *schedule)
{
	struct buf *out = VISIT_OUT(visit);
	char runs[SCHEDULE_RUNS][SCHEDULE_LOCAL];
	struct err err;
	if (schedule_runs(visit->ctl.pg, schedule, runs, SCHEDULE_RUNS, &err)) {
		visit_fail(visit, &err);
		return;
	}
	visit->response->type = "application/json";
	buf_add_text(out, "{\"next_runs\":[");
	for (int i = 0; i < SCHEDULE_RUNS; i++)
		buf_printf(out, "%s\"%s\"", i ? "," : "", runs[i]);
	buf_add_text(out, "]}\n");
}

static void set_read(struct visit *visit, const char *account, const struct schedule_wish *wish)
{
	struct schedule schedule;
	const char *field;
	struct err err;
	bool dry_run = strcmp(http_value(&visit->request->query, "dry_run"), "true") == 0;
	if (schedule_read(visit->ctl.pg, wish, &schedule, &field, &err)) {
		if (err.class == ERR_CONFIG)
			visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked", err.text);
		else
			visit_fail(visit, &err);
	} else if (dry_run) {
		answer_runs(visit, &schedule);
	} else if (schedule_store(visit->ctl.pg, account, &schedule, &err)) {
		visit_fail(visit, &err);
	} else {
		audit(visit, "schedule set", visit->parts[0]);
		answer(visit, account);
	}
}

static void set(struct visit *visit)
{
	char account[ID_TEXT];
	struct schedule_wish wish;
	yyjson_doc *body;
	if (!visit_account(visit, account) || !(body = api_body(visit)))
		return;
	if (read_wish(visit, body, &wish))
		set_read(visit, account, &wish);
	yyjson_doc_free(body);
}

/* ---- pause, resume, remove ---- */

static void turn(struct visit *visit, bool paused)
{
	char account[ID_TEXT];
	struct err err;
	if (!visit_account(visit, account))
		return;
	if (schedule_pause(visit->ctl.pg, account, paused, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, paused ? "schedule paused" : "schedule resumed", visit->parts[0]);
	answer(visit, account);
}

static void pause_schedule(struct visit *visit)
{
	turn(visit, true);
}

static void resume_schedule(struct visit *visit)
{
	turn(visit, false);
}

static void remove_schedule(struct visit *visit)
{
	char account[ID_TEXT];
	struct err err;
	if (!visit_account(visit, account))
		return;
	if (schedule_remove(visit->ctl.pg, account, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, "schedule removed", visit->parts[0]);
	visit->response->status = MHD_HTTP_NO_CONTENT;
	visit->response->type = NULL;
}

static const struct route routes[] = {
	{.method = "GET", .path = "/api/v1/accounts/{}/schedule", .scope = SCOPE_READ, .run = show},
	{.method = "PUT", .path = "/api/v1/accounts/{}/schedule", .scope = SCOPE_OPERATE, .run = set},
	{.method = "DELETE", .path = "/api/v1/accounts/{}/schedule", .scope = SCOPE_OPERATE, .run = remove_schedule},
	{.method = "POST", .path = "/api/v1/accounts/{}/schedule/pause", .scope = SCOPE_OPERATE, .run = pause_schedule},
	{.method = "POST", .path = "/api/v1/accounts/{}/schedule/resume", .scope = SCOPE_OPERATE, .run = resume_schedule},
	{0},
};

const struct route_table api_schedule_routes = {.family = FAMILY_API, .routes = routes};
