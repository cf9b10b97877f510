/* Preparing a connection. */
#include "writer/session.h"

#include <assert.h>
#include <stdio.h>

#include "common/limits.h"
#include "common/sql.h"
#include "writer/stage.h"

/* A batch joined to a table must probe its primary key, whatever the planner believes of a temporary table it has no
 * statistics of, and of a table that was empty when the plan was made: without this a first sync is quadratic.
 * lock_timeout and idle_in_transaction_session_timeout: a writer that stands still inside a transaction holds its library
 * rows no longer than Kafka would let it keep its partitions. */
static const char settings_sql[] =
	"DISCARD TEMP; DEALLOCATE ALL;"
	"SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET enable_bitmapscan = off;"
	"SET plan_cache_mode = force_generic_plan; SET jit = off; SET work_mem = '32MB';"
	"SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s';";

static const char tables_sql[] =
	"CREATE TEMP TABLE stage_page (page integer, sync_id uuid, category text, walk integer, number integer, epoch bigint,"
	" received integer, stored integer, rejected integer, warnings integer, added integer, changed integer,"
	" unidentified integer, is_last boolean, next_cursor text, ids text[], replayed boolean, unread text, refused text)"
	" ON COMMIT DELETE ROWS;"
	"CREATE TEMP TABLE stage_range (ord integer, account_id integer, playlist_id text COLLATE \"C\", from_position bigint,"
	" to_position bigint, refused text) ON COMMIT DELETE ROWS;"
	"CREATE TEMP TABLE stage_missing (id text COLLATE \"C\", label text, kept boolean) ON COMMIT DELETE ROWS;"
	"CREATE TEMP TABLE stage_reject (topic text, kafka_partition integer, kafka_offset bigint, position integer,"
	" account text, sync_id uuid, category text, walk integer, page integer, kind text, item_id text, field text,"
	" reason text, detail text, original bytea, at timestamptz) ON COMMIT DELETE ROWS;";

void session_fill(const char *template, const char *const *pairs, struct buf *out)
{
	for (const char *c = template; *c; c++) {
		const char *end = *c == '{' ? strchr(c, '}') : NULL;
		/* '{}' is an empty array in SQL. */
		if (!end || end == c + 1) {
			buf_add_byte(out, *c);
			continue;
		}
		struct span name = {c + 1, (size_t)(end - c - 1)};
		const char *const *pair = pairs;
		while (*pair && !span_is(name, *pair))
			pair += 2;
		assert(*pair && "a template names something that is not filled");
		buf_add_text(out, pair[1]);
		c = end;
	}
}

/* Lists of columns for the templates. */
struct lists {
	struct buf columns, new_columns, assignments;
	struct buf differences; /* names and values of jsonb_build_object: [old, new] of those that differ, else null */
};

static void lists_fill(struct lists *lists, const struct item_kind *kind)
{
	buf_init(&lists->columns, LIMIT_STATEMENT_BYTES);
	buf_init(&lists->new_columns, LIMIT_STATEMENT_BYTES);
	buf_init(&lists->assignments, LIMIT_STATEMENT_BYTES);
	buf_init(&lists->differences, LIMIT_STATEMENT_BYTES);
	for (size_t i = 0; i < kind->count; i++) {
		const char *name = kind->columns[i].name, *comma = i ? ", " : "";
		buf_printf(&lists->columns, "%s%s", comma, name);
		buf_printf(&lists->new_columns, "%sn.%s", comma, name);
		if (i == 0)
			continue; /* the key */
		comma = i > 1 ? ", " : "";
		buf_printf(&lists->assignments, "%s%s = n.%s", comma, name, name);
		buf_printf(&lists->differences,
		           "%s'%s', CASE WHEN t.%s IS DISTINCT FROM n.%s THEN "
		           "jsonb_build_array(library_short(to_jsonb(t.%s)), library_short(to_jsonb(n.%s))) END",
		           comma, name, name, name, name, name);
	}
}

static void lists_done(struct lists *lists)
{
	buf_done(&lists->columns);
	buf_done(&lists->new_columns);
	buf_done(&lists->assignments);
	buf_done(&lists->differences);
}

static void add_prepare(struct buf *sql, const char *name, const char *types, const char *template, const char *table,
                        const char *const *pairs)
{
	buf_printf(sql, "PREPARE %s_%s%s AS ", name, table, types);
	session_fill(template, pairs, sql);
	buf_add_text(sql, ";\n");
}

static void add_kind(struct buf *sql, enum item_kind_id id)
{
	const struct item_kind *kind = &item_kinds[id];
	struct lists lists;
	lists_fill(&lists, kind);
	const char *pairs[] = {"kind",        kind->name,
	                       "table",       kind->table,
	                       "label",       kind->columns[1].name,
	                       "columns",     buf_text(&lists.columns),
	                       "new_columns", buf_text(&lists.new_columns),
	                       "assignments", buf_text(&lists.assignments),
	                       "differences", buf_text(&lists.differences),
	                       NULL};
	buf_printf(sql, "CREATE TEMP TABLE stage_%s (", kind->table);
	stage_table_columns(id, sql);
	buf_add_text(sql, ") ON COMMIT DELETE ROWS;\n");
	add_prepare(sql, SESSION_WRITE, " (integer[])", sql_text(id == KIND_entry ? "q_write_entries" : "q_write_rows"),
	            kind->table, pairs);
	if (id != KIND_entry) {
		add_prepare(sql, SESSION_MISSING, " (integer, text, uuid, integer, bigint)", sql_text("q_settle_missing"),
		            kind->table, pairs);
		add_prepare(sql, SESSION_ACTIVE, " (integer)", sql_text("q_settle_active"), kind->table, pairs);
		add_prepare(sql, SESSION_REMOVE, " (integer, uuid)", sql_text("q_settle_remove"), kind->table, pairs);
	}
	lists_done(&lists);
}

static int prepare(struct pg *pg, struct err *err)
{
	struct buf sql;
	buf_init(&sql, LIMIT_STATEMENT_BYTES * KIND_COUNT);
	buf_add_text(&sql, tables_sql);
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		add_kind(&sql, (enum item_kind_id)kind);
	assert(buf_ok(&sql) && "no memory: ends as if killed, nothing is lost");
	int result = pg_exec(pg, settings_sql, err);
	if (result == 0)
		result = pg_exec(pg, buf_text(&sql), err);
	buf_done(&sql);
	return result ? err_wrap(err, "preparing the connection: ") : 0;
}

int session_ensure(struct pg *pg, bool *prepared, struct err *err)
{
	bool fresh = false;
	if (pg_ensure(pg, &fresh, err))
		return -1;
	if (fresh)
		*prepared = false;
	if (!*prepared && prepare(pg, err))
		return -1;
	*prepared = true;
	return 0;
}
