/* Rows of items messages as COPY data for the staging tables, one buffer per kind.
 *
 * A staging row is: page (index in the transaction), ord (order of arrival), account_id, sync_id, content_hash,
 * for entries playlist_id, then the columns of the kind. A row for the table itself (stage_direct) is: account_id,
 * first_sync, changed_sync, content_hash, then the columns of the kind. content_hash is a 64-bit hash over the encoded
 * columns alone, so it does not depend on how rows were cut into messages, on the order of columns in them, or on the
 * account. */
#ifndef SYNCLINE_WRITER_STAGE_H
#define SYNCLINE_WRITER_STAGE_H

#include "writer/input.h"

struct stage {
	struct buf rows[KIND_COUNT]; /* COPY data without its end */
	size_t counts[KIND_COUNT];
	bool direct[KIND_COUNT];
	uint32_t ord;
};

void stage_init(struct stage *stage);
void stage_reset(struct stage *stage);
void stage_done(struct stage *stage);

/* Empties the rows of a kind (not entries); those to come are for its table itself, or for its staging table again. */
void stage_direct(struct stage *stage, enum item_kind_id kind, bool direct);

/* Adds one row. Returns NULL, or why it cannot be a row: text in why[STAGE_WHY]. */
enum { STAGE_WHY = 160 };
const char *stage_row(struct stage *stage, const struct input *input, size_t row, char why[STAGE_WHY]);

/* Adds the rows from..to of a message that are not refused; those that cannot be rows become refused. */
void stage_rows(struct stage *stage, struct input *input, size_t from, size_t to);

/* The id in a row; absent when it cannot be read. Entries have none. */
struct span stage_row_id(const struct input *input, size_t row);
/* The position of an entry, -1 when it cannot be read. */
int64_t stage_row_position(const struct input *input, size_t row);

/* Column definitions of a kind's staging table. */
void stage_table_columns(enum item_kind_id kind, struct buf *out);

#endif
