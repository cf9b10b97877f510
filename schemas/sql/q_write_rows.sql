-- Template, prepared once per kind: {kind} {table} {label} {columns} {new_columns} {assignments} {differences} from items.def. $1: pages that
-- are replayed; they bring nothing back that was removed since they were read.
--
-- Staged rows against the table: unknown ones are inserted, different or removed ones updated, equal ones left alone.
-- Only keys, hashes and places (ctid) pass through the sort and the join; the wide rows are fetched by place when one must
-- be written. Measured against MERGE and against carrying whole rows: as fast where all is new, 10 to 40 % faster where
-- nothing has changed, and it counts. It is safe because the library row of the category is locked.
WITH newest AS (
	SELECT DISTINCT ON (account_id, id) account_id, id, content_hash, page, ctid AS place
	FROM stage_{table} ORDER BY account_id, id, ord DESC
), diff AS MATERIALIZED (
	SELECT n.page, n.place, t.id IS NULL AS is_new, t.removed_at IS NOT NULL AS was_removed, t.{label} AS label
	FROM newest n LEFT JOIN {table} t ON t.account_id = n.account_id AND t.id = n.id
	WHERE t.id IS NULL OR (t.removed_at IS NULL AND t.content_hash <> n.content_hash)
	   OR (t.removed_at IS NOT NULL AND n.page <> ALL ($1))
), added AS (
	INSERT INTO {table} (account_id, {columns}, content_hash, first_sync, changed_sync)
	SELECT n.account_id, {new_columns}, n.content_hash, n.sync_id, n.sync_id
	FROM diff d JOIN stage_{table} n ON n.ctid = d.place WHERE d.is_new
), updated AS (
	UPDATE {table} t SET {assignments}, content_hash = n.content_hash, changed_sync = n.sync_id, removed_at = NULL,
	       removed_sync = NULL
	FROM diff d JOIN stage_{table} n ON n.ctid = d.place
	WHERE NOT d.is_new AND t.account_id = n.account_id AND t.id = n.id
), told AS (
	-- t is as it was before this statement.
	INSERT INTO library_change (account_id, kind, id, sync_id, change, label, columns)
	SELECT n.account_id, '{kind}', n.id, n.sync_id, CASE WHEN d.was_removed THEN 'restored' ELSE 'changed' END, d.label,
	       nullif(jsonb_strip_nulls(jsonb_build_object({differences})), '{}')
	FROM diff d JOIN stage_{table} n ON n.ctid = d.place
	JOIN {table} t ON t.account_id = n.account_id AND t.id = n.id WHERE NOT d.is_new
)
SELECT page, count(*) FILTER (WHERE is_new) AS added, count(*) FILTER (WHERE NOT is_new) AS changed FROM diff GROUP BY page
