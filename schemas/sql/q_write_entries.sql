-- Template as q_write_rows, for playlist entries: {columns} {new_columns} {assignments}; $1 is not needed. What a message lists replaces what
-- stood in its range; one that was refused lists nothing and replaces nothing, but says why (stage_range).
WITH newest AS (
	SELECT DISTINCT ON (account_id, playlist_id, position) account_id, playlist_id, position, content_hash, page,
	       ctid AS place
	FROM stage_playlist_entry ORDER BY account_id, playlist_id, position, ord DESC
), diff AS MATERIALIZED (
	SELECT n.page, n.place, t.position IS NULL AS is_new
	FROM newest n LEFT JOIN playlist_entry t
	     ON t.account_id = n.account_id AND t.playlist_id = n.playlist_id AND t.position = n.position
	WHERE t.position IS NULL OR t.content_hash <> n.content_hash
), gone AS (
	-- A row comparison is hashed; an anti join would be a nested loop here, quadratic in a long playlist.
	DELETE FROM playlist_entry t USING stage_range r
	WHERE t.account_id = r.account_id AND t.playlist_id = r.playlist_id
	  AND t.position >= r.from_position AND t.position < r.to_position
	  AND (t.account_id, t.playlist_id, t.position)
	      NOT IN (SELECT account_id, playlist_id, position FROM stage_playlist_entry)
), told AS (
	SELECT DISTINCT ON (account_id, playlist_id) account_id, playlist_id, nullif(refused, '') AS cause
	FROM stage_range WHERE refused IS NOT NULL ORDER BY account_id, playlist_id, ord DESC
), readable AS (
	-- While its entries are read they are of no version; a complete walk will tell (q_settle_versions).
	UPDATE playlist t
	SET entries_refused = n.cause, entries_refused_at = CASE WHEN n.cause IS NOT NULL THEN now() END,
	    entries_version = CASE WHEN n.cause IS NULL THEN NULL ELSE t.entries_version END
	FROM told n
	WHERE t.account_id = n.account_id AND t.id = n.playlist_id
	  AND (t.entries_refused IS DISTINCT FROM n.cause OR (n.cause IS NULL AND t.entries_version IS NOT NULL)
	       -- The same refusal again: it is told in hours, and costs no write in between.
	       OR (n.cause IS NOT NULL AND coalesce(t.entries_refused_at < now() - interval '1 hour', true)))
), added AS (
	INSERT INTO playlist_entry (account_id, playlist_id, {columns}, content_hash, changed_sync)
	SELECT n.account_id, n.playlist_id, {new_columns}, n.content_hash, n.sync_id
	FROM diff d JOIN stage_playlist_entry n ON n.ctid = d.place WHERE d.is_new
), updated AS (
	UPDATE playlist_entry t SET {assignments}, content_hash = n.content_hash, changed_sync = n.sync_id
	FROM diff d JOIN stage_playlist_entry n ON n.ctid = d.place
	WHERE NOT d.is_new AND t.account_id = n.account_id AND t.playlist_id = n.playlist_id AND t.position = n.position
)
SELECT page, count(*) FILTER (WHERE is_new) AS added, count(*) FILTER (WHERE NOT is_new) AS changed FROM diff GROUP BY page
