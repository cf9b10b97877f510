/* Which messages are new: accounts are looked up, those of cancelled syncs dropped, the library rows locked in order, and
 * every message whose position is not above its category's is dropped. A redelivery, a stale twin and a writer that slept for
 * an hour are one case. */
#include <stdio.h>

#include "writer/params.h"
#include "writer/transaction.h"

/* ---- accounts ---- */

static void drop(struct transaction *transaction, struct input *input)
{
	struct applied *applied = transaction->applied;
	input->dropped = true;
	applied->unknown_account++;
	IGNORE(!span_copy(input->account, applied->unknown_name, sizeof applied->unknown_name)); /* checked by the schema */
}

static int64_t find_account(const PGresult *accounts, struct span name)
{
	for (int i = 0; i < PQntuples(accounts); i++) {
		if (span_is(name, pg_text(accounts, i, "name")))
			return pg_int(accounts, i, "account_id");
	}
	return 0;
}

static bool named_before(const struct transaction *transaction, size_t at)
{
	for (size_t i = at; i-- > 0;) {
		if (span_equal(transaction->inputs[i]->account, transaction->inputs[at]->account))
			return true;
	}
	return false;
}

/* Rejects are included only so that their accounts stay while they are recorded. */
static int find_accounts(struct transaction *transaction, struct err *err)
{
	struct params params;
	struct buf names;
	PG_RESULT *accounts = NULL;
	params_init(&params);
	buf_init(&names, LIMIT_PARAMS_BYTES);
	for (size_t i = 0; i < transaction->count; i++) {
		struct span name = transaction->inputs[i]->account;
		if (name.len && !named_before(transaction, i))
			params_array_text(&names, name);
	}
	params_array(&params, &names);
	int result = params_query(&params, transaction->pg, "q_write_accounts", &accounts, err);
	for (size_t i = 0; result == 0 && i < transaction->count; i++) {
		struct input *input = transaction->inputs[i];
		input->account_id = find_account(accounts, input->account);
		if (input_is_of_category(input) && input->account_id == 0)
			drop(transaction, input);
	}
	buf_done(&names);
	params_done(&params);
	return result;
}

/* ---- syncs ---- */

/* A sync id belongs to one account: with another one it would mix two ledgers. What was cancelled writes nothing any more,
 * and above all removes nothing, however late its messages come. */
static void check_input(struct transaction *transaction, struct input *input, const PGresult *syncs, int row)
{
	if (!input_is_of_category(input) || input->dropped || !span_is(input->sync, pg_text(syncs, row, "sync_id")))
		return;
	if (input->account_id != pg_int(syncs, row, "account_id")) {
		snprintf(input->bad, sizeof input->bad, "the sync belongs to another account");
	} else if (pg_bool(syncs, row, "cancelled")) {
		input->dropped = true;
		transaction->applied->stale++;
	}
}

static int check_syncs(struct transaction *transaction, struct err *err)
{
	struct params params;
	struct buf ids;
	PG_RESULT *syncs = NULL;
	struct span last = {0};
	params_init(&params);
	buf_init(&ids, LIMIT_PARAMS_BYTES);
	for (size_t i = 0; i < transaction->count; i++) {
		const struct input *input = transaction->inputs[i];
		if (input_is_of_category(input) && !span_equal(input->sync, last))
			params_array_text(&ids, last = input->sync);
	}
	params_array(&params, &ids);
	int result = params_query(&params, transaction->pg, "q_write_syncs", &syncs, err);
	for (int row = 0; result == 0 && row < PQntuples(syncs); row++) {
		for (size_t i = 0; i < transaction->count; i++)
			check_input(transaction, transaction->inputs[i], syncs, row);
	}
	buf_done(&ids);
	params_done(&params);
	return result;
}

/* ---- locks ---- */

static struct library *find_library(struct transaction *transaction, int64_t account_id, enum category category)
{
	for (size_t i = 0; i < transaction->library_count; i++) {
		struct library *library = &transaction->libraries[i];
		if (library->account_id == account_id && library->category == category)
			return library;
	}
	return NULL;
}

static bool has_position(const struct input *input)
{
	return input_is_of_category(input) && !input->dropped &&
	       !(input->type == MSG_sync_mark && input_is_job_mark(input));
}

static void collect_libraries(struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->count; i++) {
		const struct input *input = transaction->inputs[i];
		if (has_position(input) && !find_library(transaction, input->account_id, input->category))
			transaction->libraries[transaction->library_count++] = (struct library){.account_id = input->account_id,
			                                                                        .category = input->category};
	}
}

static int query_libraries(struct transaction *transaction, const char *name, PGresult **rows, struct err *err)
{
	struct params params;
	struct buf accounts, categories;
	params_init(&params);
	buf_init(&accounts, LIMIT_PARAMS_BYTES);
	buf_init(&categories, LIMIT_PARAMS_BYTES);
	for (size_t i = 0; i < transaction->library_count; i++) {
		params_array_int(&accounts, transaction->libraries[i].account_id);
		params_array_text(&categories, span_of(category_name(transaction->libraries[i].category)));
	}
	params_array(&params, &accounts);
	params_array(&params, &categories);
	int result = params_query(&params, transaction->pg, name, rows, err);
	buf_done(&accounts);
	buf_done(&categories);
	params_done(&params);
	return result;
}

static void take_positions(struct transaction *transaction, const PGresult *rows)
{
	for (int i = 0; i < PQntuples(rows); i++) {
		enum category category;
		struct library *library = NULL;
		if (category_find(span_of(pg_text(rows, i, "category")), &category))
			library = find_library(transaction, pg_int(rows, i, "account_id"), category);
		if (!library)
			continue;
		library->found = true;
		library->is_first = pg_bool(rows, i, "is_first");
		library->position = (struct position){pg_int(rows, i, "epoch"), pg_int(rows, i, "walk"),
		                                      pg_int(rows, i, "page"), pg_int(rows, i, "part")};
	}
}

static int lock_libraries(struct transaction *transaction, struct err *err)
{
	PG_RESULT *rows = NULL, *inserted = NULL, *again = NULL;
	if (transaction->library_count == 0)
		return 0;
	if (query_libraries(transaction, "q_write_library_lock", &rows, err))
		return -1;
	take_positions(transaction, rows);
	if ((size_t)PQntuples(rows) == transaction->library_count)
		return 0;
	if (query_libraries(transaction, "q_write_library_missing", &inserted, err) ||
	    query_libraries(transaction, "q_write_library_lock", &again, err))
		return -1;
	take_positions(transaction, again);
	return 0;
}

/* ---- positions ---- */

/* May it be applied, and does it move the position? */
static bool is_new(const struct library *library, const struct input *input, bool *moves)
{
	bool is_mark = input->type == MSG_sync_mark;
	*moves = !is_mark || input->event == EVENT_STARTED;
	if (is_mark && input->event == EVENT_STARTED)
		return input->position.epoch > library->position.epoch;
	if (is_mark)
		return input->position.epoch >= library->position.epoch;
	return position_above(&input->position, &library->position);
}

static void drop_stale(struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->count; i++) {
		struct input *input = transaction->inputs[i];
		bool moves;
		if (!has_position(input))
			continue;
		struct library *library = find_library(transaction, input->account_id, input->category);
		input->is_first = library->is_first;
		if (!is_new(library, input, &moves)) {
			input->dropped = true;
			transaction->applied->stale++;
		} else if (moves) {
			library->position = input->position;
			library->moved = true;
		}
	}
}

int library_claim(struct transaction *transaction, struct err *err)
{
	if (find_accounts(transaction, err) || check_syncs(transaction, err))
		return -1;
	collect_libraries(transaction);
	if (lock_libraries(transaction, err))
		return -1;
	drop_stale(transaction);
	return 0;
}

int library_save_positions(struct transaction *transaction, struct err *err)
{
	int result = 0;
	for (size_t i = 0; result == 0 && i < transaction->library_count; i++) {
		const struct library *library = &transaction->libraries[i];
		struct params params;
		if (!library->moved)
			continue;
		params_init(&params);
		params_int(&params, library->account_id);
		params_text(&params, span_of(category_name(library->category)));
		params_int(&params, library->position.epoch);
		params_int(&params, library->position.walk);
		params_int(&params, library->position.page);
		params_int(&params, library->position.part);
		result = params_run(&params, transaction->pg, "q_write_library_position", NULL, err);
		params_done(&params);
	}
	return result;
}
