/* Rejects from the database. */
#include "ctl/rejects.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/sql.h"
#include "common/text.h"

enum { NUMBER = 24 };

static const char *or_null(const char *text)
{
	return text && *text ? text : NULL;
}

int rejects_query(struct ctl *ctl, const struct reject_filter *filter, bool sums, PGresult **rows, struct err *err)
{
	char limit[NUMBER], partition[NUMBER], offset[NUMBER], position[NUMBER];
	const struct reject_place *place = filter->place;
	snprintf(limit, sizeof limit, "%" PRId64, filter->limit);
	snprintf(partition, sizeof partition, "%" PRId64, place ? place->partition : 0);
	snprintf(offset, sizeof offset, "%" PRId64, place ? place->offset : 0);
	snprintf(position, sizeof position, "%" PRId64, place ? place->position : 0);
	const char *values[] = {
		or_null(filter->sync),   or_null(filter->account),    limit,
		or_null(filter->reason), or_null(filter->category),   or_null(filter->kind),
		or_null(filter->item),   place ? place->topic : NULL, place ? partition : NULL,
		place ? offset : NULL,   place ? position : NULL,     filter->old ? "t" : "f",
	};
	return pg_query(ctl->pg, sql_text(sums ? "q_ctl_rejects_sums" : "q_ctl_rejects"), COUNT_OF(values), values, rows,
	                err);
}

struct reject_place rejects_place(const PGresult *rows, int i)
{
	struct reject_place place = {.partition = pg_int(rows, i, "partition"),
	                             .offset = pg_int(rows, i, "offset"),
	                             .position = pg_int(rows, i, "position")};
	snprintf(place.topic, sizeof place.topic, "%s", pg_text(rows, i, "topic"));
	return place;
}

struct span rejects_original(const PGresult *rows, int i)
{
	size_t len = 0;
	unsigned char *bytes = PQunescapeBytea((const unsigned char *)pg_text(rows, i, "original"), &len);
	return (struct span){(const char *)bytes, bytes ? len : 0};
}

static void add_original(const PGresult *rows, int i, struct buf *out)
{
	struct span original = rejects_original(rows, i);
	if (original.at && text_valid(original)) {
		buf_add_text(out, ",\"original\":");
		buf_add_json_text(out, original);
	} else {
		buf_add_text(out, ",\"original_base64\":");
		buf_add_json_text(out, span_of(pg_text(rows, i, "base64")));
	}
	PQfreemem((void *)original.at);
}

void rejects_print_json(const struct ctl *ctl, const PGresult *rows, int i)
{
	static const char *const texts[] = {"at",    "account",     "sync",          "category", "kind",
	                                    "item",  "field",       "reason",        "text",     "topic",
	                                    "state", "replayed_at", "replayed_sync", "last_sync"};
	static const char *const numbers[] = {"walk", "page", "position", "partition", "offset"};
	const struct reject_place place = rejects_place(rows, i);
	char name[REJECT_PLACE_TEXT];
	struct buf out;
	buf_init(&out, 8 * LIMIT_REJECT_BYTES);
	buf_add_text(&out, "{\"place\":");
	buf_add_json_text(&out, span_of(reject_place_text(&ctl->settings, &place, name)));
	for (size_t t = 0; t < COUNT_OF(texts); t++) {
		buf_printf(&out, ",\"%s\":", texts[t]);
		buf_add_json_text(&out, span_of(pg_text(rows, i, texts[t])));
	}
	for (size_t n = 0; n < COUNT_OF(numbers); n++)
		buf_printf(&out, ",\"%s\":%" PRId64, numbers[n], pg_int(rows, i, numbers[n]));
	add_original(rows, i, &out);
	printf("%s}\n", buf_text(&out));
	buf_done(&out);
}
