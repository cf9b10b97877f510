-- Removed items of an account ($1, its id): by sync $2 (or NULL), with an id in $3 (a JSON array, or NULL), of kind $4 (or NULL).
-- $5 of each kind at most, with how many there are.
WITH wanted AS MATERIALIZED (
	SELECT json_array_elements_text($3::json) AS id
), gone AS (
	SELECT array_position(ARRAY['artist', 'album', 'track', 'playlist'], kind) AS place, kind, id, label, removed_at, removed_sync
	FROM library_item WHERE account_id = $1::int AND removed_at IS NOT NULL
)
SELECT kind, id, label, removed_sync AS sync, of_kind,
       to_char(removed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS removed_at,
       (extract(epoch FROM now() - removed_at) * 1000)::bigint AS age_ms
FROM (
	SELECT *, count(*) OVER (PARTITION BY kind) AS of_kind, row_number() OVER (PARTITION BY kind ORDER BY label, id) AS n
	FROM gone
	WHERE ($2::uuid IS NULL OR removed_sync = $2::uuid) AND ($4::text IS NULL OR kind = $4)
	  AND ($3::text IS NULL OR id IN (SELECT id FROM wanted))
) g WHERE n <= $5::bigint ORDER BY place, n
