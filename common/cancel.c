/* One statement and one event. */
#include "common/cancel.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/msg.h"
#include "common/sql.h"

int cancel_end(struct pg *pg, const char *sync, struct buf *event, struct err *err)
{
	PG_RESULT *row = NULL;
	char text[LIMIT_CAUSE];
	if (pg_query(pg, sql_text("q_cancel_end"), 1, &sync, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return 0;
	snprintf(text, sizeof text, "%" PRId64 " items that had arrived are kept", pg_int(row, 0, "stored"));
	const struct sync_event message = {
		.sync = span_of(sync),
		.account = span_of(pg_text(row, 0, "account")),
		.event = span_of("cancelled"),
		.text = span_of(text),
		.at = clock_wall_ms(),
	};
	msg_encode(MSG_sync_event, &message, event);
	return 0;
}
