/* What programs set going: /api/v1/accounts/{}/syncs, and what is done about a sync. */
#include <microhttpd.h>
#include <stdio.h>

#include "common/sql.h"
#include "console/action.h"
#include "console/api.h"
#include "console/routes.h"
#include "console/visit.h"

/* 202 with a sync as it is now, and where to look for it. */
static void answer_accepted(struct visit *visit, const char *sync)
{
	char place[80];
	snprintf(place, sizeof place, "/api/v1/syncs/%s", sync);
	http_add_header(visit->request, visit->response, "Location", place);
	api_object(visit, sql_text("q_api_sync"), 1, &sync, "It is gone already.");
	visit->response->status = visit->response->status == MHD_HTTP_OK ? MHD_HTTP_ACCEPTED : visit->response->status;
}

/* ---- for an account ---- */

/* false: answered. */
static bool read_wish(struct visit *visit, yyjson_doc *body, struct wish *wish)
{
	const char *mode, *categories;
	category_set set;
	struct err err;
	if (!api_text(visit, body, "mode", &mode) || !api_text(visit, body, "categories", &categories))
		return false;
	wish->account = visit->parts[0];
	wish->mode = mode ? mode : "incremental";
	if (enqueue_check_mode("mode", wish->mode, &err) || category_set_parse(span_of(categories), &set, &err)) {
		visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked", err.text);
		return false;
	}
	category_set_text(set, wish->categories);
	return true;
}

static void start(struct visit *visit)
{
	struct wish wish = {0};
	struct enqueued enqueued;
	struct err err;
	yyjson_doc *body;
	if (!visit_account(visit, wish.account_id) || !(body = api_body(visit)))
		return;
	if (read_wish(visit, body, &wish)) {
		if (action_sync(visit, &wish, &enqueued, &err))
			visit_fail(visit, &err);
		else
			answer_accepted(visit, enqueued.sync);
	}
	yyjson_doc_free(body);
}

static void replay(struct visit *visit)
{
	char account[ID_TEXT];
	struct enqueued enqueued;
	struct err err;
	if (!visit_account(visit, account))
		return;
	if (action_replay(visit, visit->parts[0], account, &enqueued, &err))
		visit_fail(visit, &err);
	else
		answer_accepted(visit, enqueued.sync);
}

/* ---- for a sync ---- */

static void cancel(struct visit *visit)
{
	struct target target;
	struct err err;
	if (!visit_sync(visit, &target))
		return;
	if (action_cancel(visit, &target, &err))
		visit_fail(visit, &err);
	else
		answer_accepted(visit, target.sync);
}

static void retry(struct visit *visit)
{
	struct target target;
	struct enqueued enqueued;
	struct err err;
	if (!visit_sync(visit, &target))
		return;
	if (action_retry(visit, &target, &enqueued, &err))
		visit_fail(visit, &err);
	else
		answer_accepted(visit, enqueued.sync);
}

/* false: answered. category: NULL where none is named. */
static bool read_category(struct visit *visit, yyjson_doc *body, const char **category)
{
	enum category known;
	if (!api_text(visit, body, "category", category))
		return false;
	if (!*category || category_find(span_of(*category), &known))
		return true;
	visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked",
	              "category must be artists, albums, tracks or playlists.");
	return false;
}

static void confirm(struct visit *visit)
{
	struct target target;
	const char *category, *id = target.sync;
	int64_t removed;
	struct err err;
	yyjson_doc *body;
	if (!visit_sync(visit, &target) || !(body = api_body(visit)))
		return;
	if (read_category(visit, body, &category)) {
		if (action_confirm(visit, &target, category, &removed, &err))
			visit_fail(visit, &err);
		else
			api_object(visit, sql_text("q_api_sync"), 1, &id, "It is gone already.");
	}
	yyjson_doc_free(body);
}

static const struct route routes[] = {
	{.method = "POST", .path = "/api/v1/accounts/{}/syncs", .scope = SCOPE_OPERATE, .run = start},
	{.method = "POST", .path = "/api/v1/accounts/{}/rejects/replay", .scope = SCOPE_OPERATE, .run = replay},
	{.method = "POST", .path = "/api/v1/syncs/{}/cancel", .scope = SCOPE_OPERATE, .run = cancel},
	{.method = "POST", .path = "/api/v1/syncs/{}/retry", .scope = SCOPE_OPERATE, .run = retry},
	{.method = "POST", .path = "/api/v1/syncs/{}/confirm", .scope = SCOPE_OPERATE, .run = confirm},
	{0},
};

const struct route_table api_action_routes = {.family = FAMILY_API, .routes = routes};
