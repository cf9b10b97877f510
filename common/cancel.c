/* Two statements, and their events. */
#include "common/cancel.h"

#include "common/clock.h"
#include "common/msg.h"
#include "common/sql.h"
#include "common/text.h"

int cancel_end(struct pg *pg, const char *sync, PGresult **news, struct err *err)
{
	if (pg_query(pg, sql_text("q_cancel_end"), 1, &sync, news, err))
		return -1;
	if (PQntuples(*news) == 0)
		return 0;
	PQclear(*news);
	*news = NULL;
	/* A statement of its own: who joined while this waited for the row is seen. */
	return pg_query(pg, sql_text("q_cancel_news"), 1, &sync, news, err);
}

void cancel_event(const PGresult *news, int row, struct buf *event)
{
	const struct sync_event message = {
		.sync = span_of(pg_text(news, row, "sync")),
		.account = span_of(pg_text(news, row, "account")),
		.event = span_of("cancelled"),
		.text = text_cut(span_of(pg_text(news, row, "text")), LIMIT_CAUSE),
		.next_step = span_of(pg_text(news, row, "next_step")),
		.at = clock_wall_ms(),
	};
	msg_encode(MSG_sync_event, &message, event);
}
