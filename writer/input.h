/* One message in the writer's hands: decoded, checked, with its place in the order of its category.
 *
 * input_read -> ... -> input_free. Nothing about a message is trusted: what the schema cannot say (ids, numbers that must
 * fit the tables, a kind that belongs to the category) is checked here, so that the transaction only sees sound ones. */
#ifndef SYNCLINE_WRITER_INPUT_H
#define SYNCLINE_WRITER_INPUT_H

#include "common/category.h"
#include "common/items.h"
#include "common/kafka_in.h"
#include "common/msg.h"

/* Where a message stands among all of its account and category; compared in this order. */
struct position {
	int64_t epoch, walk, page, part;
};

/* Is a above b? */
bool position_above(const struct position *a, const struct position *b);

enum mark_event {
	EVENT_STARTED,
	EVENT_CATEGORY_FAILED,
	EVENT_PARKED,
	EVENT_RESUMED,
	EVENT_JOINED,
	EVENT_DEFERRED,
	EVENT_REFUSED,
};

/* A row that cannot be stored. */
struct refusal {
	uint32_t row;
	char text[200];
};

struct input {
	struct kafka_message message;
	msgpack_zone zone;
	/* "" or why the message cannot be understood; then nothing below is set but account and category, if its key names them
	 * (has_category). */
	char bad[300];
	enum msg_type type;
	union msg_any any;

	/* Of items, walk_end and sync_mark; account also of reject. */
	struct span account, sync;
	enum category category;
	bool has_category;
	struct position position;
	enum mark_event event;
	category_set categories; /* of a mark */

	/* Of items. columns[i]: where column i of the kind stands in the message's rows; -1: nowhere. */
	enum item_kind_id kind;
	int columns[ITEM_COLUMNS_MAX];
	const msgpack_object *rows;
	size_t row_count;
	/* In order of rows. */
	struct refusal *refusals;
	size_t refusal_count, refusal_cap;

	/* Set by each try to apply it. */
	int64_t account_id;
	bool dropped;      /* stale, of a cancelled sync, or of an account that is not there */
	size_t page_index; /* items: in the transaction's pages */
	bool superseded;   /* entries of a playlist that a later message of the batch lists anew */
	bool is_first;     /* its category has never been complete: most of its rows are new */
	bool unstaged;     /* its rows went into their table past the staging table */
};

/* Takes the message over (it is released by input_free). Never NULL. */
struct input *input_read(struct kafka_message *message);
void input_free(struct input *input);

/* Does it belong to an account's category (items, walk_end, sync_mark), and could it be understood? */
bool input_is_of_category(const struct input *input);
/* A mark that is about a job and not about a lease: it has no position. */
bool input_is_job_mark(const struct input *input);

/* Remembers that a row is refused. Rows may come in any order; one twice is one. Text is cut. */
void input_refuse(struct input *input, size_t row, const char *text);
/* NULL: the row is not refused. */
const struct refusal *input_refusal(const struct input *input, size_t row);

#endif
