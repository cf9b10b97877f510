-- Brings back removed items: $1 to $4 as q_ctl_removed, $5 the person who does. The library's rows are locked as a writer locks
-- them (q_write_library_lock), so that no batch is under way. What comes back is held from then on, not removed, by walks that
-- miss it (library_kept). Entries of a playlist were never taken away: they are here with it. Returns how many of each kind.
WITH wanted AS MATERIALIZED (
	SELECT json_array_elements_text($3::json) AS id
), gone AS MATERIALIZED (
	SELECT kind, id, name AS label, removed_sync FROM library_item WHERE account_id = $1::int AND removed_at IS NOT NULL
), back AS MATERIALIZED (
	SELECT kind, id, label, removed_sync FROM gone
	WHERE ($2::uuid IS NULL OR removed_sync = $2::uuid) AND ($4::text IS NULL OR kind = $4)
	  AND ($3::text IS NULL OR id IN (SELECT id FROM wanted))
), artists AS (
	UPDATE artist t SET removed_at = NULL, removed_sync = NULL FROM back b
	WHERE b.kind = 'artist' AND t.account_id = $1::int AND t.id = b.id
), albums AS (
	UPDATE album t SET removed_at = NULL, removed_sync = NULL FROM back b
	WHERE b.kind = 'album' AND t.account_id = $1::int AND t.id = b.id
), tracks AS (
	UPDATE track t SET removed_at = NULL, removed_sync = NULL FROM back b
	WHERE b.kind = 'track' AND t.account_id = $1::int AND t.id = b.id
), playlists AS (
	UPDATE playlist t SET removed_at = NULL, removed_sync = NULL FROM back b
	WHERE b.kind = 'playlist' AND t.account_id = $1::int AND t.id = b.id
), told AS (
	INSERT INTO library_change (account_id, kind, id, sync_id, change, label, person)
	SELECT $1::int, kind, id, removed_sync, 'restored', label, $5 FROM back
), kept AS (
	INSERT INTO library_kept (account_id, kind, id, person) SELECT $1::int, kind, id, $5 FROM back
	ON CONFLICT (account_id, kind, id) DO UPDATE SET person = excluded.person, at = excluded.at
), counts AS (
	SELECT kind, count(*) AS items FROM back GROUP BY kind
), counted AS (
	UPDATE library l SET items = l.items + c.items FROM counts c
	WHERE l.account_id = $1::int AND l.category = c.kind || 's'
)
SELECT kind, items FROM counts
