/* /api/v1/webhooks: who is told what becomes of syncs, and what each was told. */
#include "console/api.h"

#include <microhttpd.h>

#include "common/sql.h"
#include "console/audit.h"
#include "console/delivery.h"
#include "console/outside.h"
#include "console/routes.h"

static void list_webhooks(struct visit *visit)
{
	static const struct api_order by_id = {"id", "^[0-9]{1,9}$"};
	api_list(visit, sql_text("q_webhook_list"), 0, NULL, &by_id);
}

/* false: answered; there is none. */
static bool exists(struct visit *visit)
{
	struct err err;
	if (webhook_find(visit->ctl.pg, visit->parts[0], &err) == 0)
		return true;
	visit_fail(visit, &err);
	return false;
}

static void list_deliveries(struct visit *visit)
{
	static const struct api_order by_id =
		{"id", "^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\\.[0-9]{6}/[0-9]{1,9}/[a-z0-9_-]{1,80}$"};
	if (exists(visit))
		api_list(visit, sql_text("q_webhook_deliveries"), 1, visit->parts, &by_id);
}

static void answer_made(struct visit *visit, const struct webhook_made *made)
{
	struct buf *out = VISIT_OUT(visit);
	visit->response->status = MHD_HTTP_CREATED;
	visit->response->type = "application/json";
	http_add_header(visit->request, visit->response, "Cache-Control", "no-store");
	buf_printf(out, "{\"id\":%s,\"target\":", made->id);
	buf_add_json_text(out, span_of(made->target));
	buf_printf(out, ",\"secret\":\"%s\"}\n", made->secret);
}

/* account may be absent: all. */
static void add(struct visit *visit, const char *url, const char *events, const char *account)
{
	char types[WEBHOOK_TYPES], account_id[ID_TEXT];
	struct webhook_made made;
	struct err err;
	const struct webhook_wish wish = {url, types, account ? account_id : NULL, false};
	if (!url) {
		visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked", "url is missing.");
		return;
	}
	if (webhook_read_events(events, types, &err) ||
	    (account && ctl_find_account(&visit->ctl, account, account_id, &err)) ||
	    webhook_add(visit->ctl.pg, visit->console->settings->key_file, &wish, &made, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, "webhook added", made.target);
	answer_made(visit, &made);
	vault_wipe(&made, sizeof made);
}

static void post_webhook(struct visit *visit)
{
	const char *url, *events, *account;
	yyjson_doc *body = api_body(visit);
	if (!body)
		return;
	if (api_text(visit, body, "url", &url) && api_text(visit, body, "events", &events) &&
	    api_text(visit, body, "account", &account))
		add(visit, url, events, account);
	yyjson_doc_free(body);
}

static void delete_webhook(struct visit *visit)
{
	char target[WEBHOOK_TARGET];
	struct err err;
	if (webhook_remove(visit->ctl.pg, visit->parts[0], target, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, "webhook removed", target);
	visit->response->status = MHD_HTTP_NO_CONTENT;
	visit->response->type = NULL;
}

static void test_webhook(struct visit *visit)
{
	struct buf *out = VISIT_OUT(visit);
	struct post_end end;
	struct err err;
	if (!outside_begin(visit))
		return;
	int result = delivery_try(visit->ctl.pg, visit->console->settings, visit->parts[0], visit->visitor.name, &end,
	                          &err);
	outside_end();
	if (result) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, "webhook tested", visit->parts[0]);
	visit->response->type = "application/json";
	buf_printf(out, "{\"delivered\":%s,\"status\":%d,\"took_ms\":%d,\"error\":", end.delivered ? "true" : "false",
	           end.status, end.took_ms);
	buf_add_json_text(out, span_of(end.error));
	buf_add_text(out, "}\n");
}

static const struct route routes[] = {
	{.method = "GET", .path = "/api/v1/webhooks", .scope = SCOPE_ADMIN, .run = list_webhooks},
	{.method = "POST", .path = "/api/v1/webhooks", .scope = SCOPE_ADMIN, .run = post_webhook},
	{.method = "DELETE", .path = "/api/v1/webhooks/{}", .scope = SCOPE_ADMIN, .run = delete_webhook},
	{.method = "GET", .path = "/api/v1/webhooks/{}/deliveries", .scope = SCOPE_ADMIN, .run = list_deliveries},
	{.method = "POST", .path = "/api/v1/webhooks/{}/test", .scope = SCOPE_ADMIN, .run = test_webhook},
	{0},
};

const struct route_table api_webhook_routes = {.family = FAMILY_API, .routes = routes};
