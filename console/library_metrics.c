/* Rows of q_console_metrics become samples. */
#include "console/library_metrics.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/sql.h"
#include "common/stats.h"
#include "console/limits.h"

int library_metrics(struct pg *pg, struct buf *out, struct err *err)
{
	char most[24];
	const char *values[] = {most};
	PG_RESULT *rows = NULL;
	snprintf(most, sizeof most, "%d", LIMIT_METRIC_ACCOUNTS);
	if (pg_query(pg, sql_text("q_console_metrics"), 1, values, &rows, err))
		return -1;
	enum reading before = READING_COUNT;
	for (int i = 0; i < PQntuples(rows); i++) {
		enum reading reading = stats_reading(pg_text(rows, i, "reading"));
		const char *labels[] = {pg_text(rows, i, "label"), pg_text(rows, i, "second")};
		assert(reading != READING_COUNT); /* the statement names what stats.def does not have */
		if (reading != before)
			stats_begin(reading, out);
		before = reading;
		stats_sample(reading, labels, strtod(pg_text(rows, i, "sample"), NULL), out);
	}
	return 0;
}
