/* Rejects in pages. */
#include "console/reject_view.h"

#include <stdio.h>

#include "common/text.h"
#include "console/layout.h"
#include "ctl/rejects.h"

enum { ORIGINAL_SHOWN = 4096 };

/* Text as it is, anything else as hexadecimal digits. */
static void add_original(struct buf *out, const PGresult *rows, int i)
{
	struct span bytes = rejects_original(rows, i);
	struct span shown = text_cut(bytes, ORIGINAL_SHOWN);
	html(out, "<details><summary>Original</summary><pre tabindex=\"0\"><code>");
	if (text_valid(shown)) {
		((char *)(uintptr_t)bytes.at)[shown.len] = '\0'; /* libpq leaves room for it */
		html_text(out, bytes.at);
	} else {
		for (size_t k = 0; k < shown.len; k++)
			buf_printf(out, "%02x ", (unsigned char)shown.at[k]);
	}
	html(out, "</code></pre>{}</details>",
	     shown.len < bytes.len ? "The beginning; the whole stands in Kafka, at the place named." : "");
	PQfreemem((void *)(uintptr_t)bytes.at);
}

static void add_reject(struct buf *out, const PGresult *rows, int i)
{
	html(out, "<li><p><strong>{}</strong> <span class=\"dim\">{} {}</span>", pg_text(rows, i, "reason"),
	     pg_text(rows, i, "kind"), pg_text(rows, i, "item"));
	if (*pg_text(rows, i, "field"))
		html(out, " <code>{}</code>", pg_text(rows, i, "field"));
	html(out, "<br>{}</p><p class=\"dim\">", pg_text(rows, i, "text"));
	if (*pg_text(rows, i, "account"))
		html(out, "<a href=\"/rejects?account={}\">{}</a> · ", pg_text(rows, i, "account"),
		     pg_text(rows, i, "account"));
	if (*pg_text(rows, i, "category"))
		html(out, "{} page {} · ", pg_text(rows, i, "category"), pg_text(rows, i, "page"));
	if (pg_int(rows, i, "position") >= 0) /* below it is not of an item: enum reject_position */
		html(out, "position {} · ", pg_text(rows, i, "position"));
	html(out, "{} {}/{} · ", pg_text(rows, i, "topic"), pg_text(rows, i, "partition"), pg_text(rows, i, "offset"));
	layout_moment(out, pg_text(rows, i, "at"), pg_int(rows, i, "age_ms"));
	html(out, "</p>");
	add_original(out, rows, i);
	html(out, "</li>");
}

int reject_view_list(struct visit *visit, const char *sync, const char *account_id, int count, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	struct reject_filter filter = {.limit = count + 1, .old = sync != NULL}; /* a sync's are its history */
	PG_RESULT *rows = NULL;
	snprintf(filter.sync, sizeof filter.sync, "%s", sync ? sync : "");
	snprintf(filter.account, sizeof filter.account, "%s", account_id ? account_id : "");
	if (rejects_query(&visit->ctl, &filter, false, &rows, err))
		return -1;
	if (PQntuples(rows) == 0) {
		html(out, "<p class=\"dim\">{}</p>", sync ? "Nothing as of now." : "Nothing is open.");
		return 0;
	}
	html(out, "<ul class=\"rejects\">");
	for (int i = 0; i < PQntuples(rows) && i < count; i++)
		add_reject(out, rows, i);
	html(out, "</ul>");
	if (PQntuples(rows) > count)
		html(out, "<p>There are more. All of them: <code>syncline rejects {} --limit 1000</code></p>",
		     sync         ? sync
		     : account_id ? pg_text(rows, 0, "account")
		                  : "--all");
	return 0;
}
