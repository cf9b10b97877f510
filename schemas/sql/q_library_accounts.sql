-- Every account ($1: or one, by name) with what its library holds, and how fresh the shelf is: when the pass began of which the
-- oldest category is, and whether the library has gone on since.
SELECT a.account_id, a.name AS account, a.provider, l.artists, l.albums, l.tracks, l.playlists, l.complete_categories,
       to_char(s.read_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS read_at,
       coalesce((extract(epoch FROM now() - s.read_at) * 1000)::bigint, 0) AS read_age_ms,
       coalesce(s.current, false) AS current
FROM account a
CROSS JOIN LATERAL (
	SELECT coalesce(sum(items) FILTER (WHERE category = 'artists'), 0) AS artists,
	       coalesce(sum(items) FILTER (WHERE category = 'albums'), 0) AS albums,
	       coalesce(sum(items) FILTER (WHERE category = 'tracks'), 0) AS tracks,
	       coalesce(sum(items) FILTER (WHERE category = 'playlists'), 0) AS playlists,
	       count(complete_at) AS complete_categories
	FROM library WHERE account_id = a.account_id
) l
CROSS JOIN LATERAL (
	SELECT min(s.read_at) AS read_at,
	       bool_and(s.seen IS NOT DISTINCT FROM concat_ws(' ', l.epoch, l.walk, l.page, l.part, l.items)) AS current
	FROM library l LEFT JOIN shelf_state s USING (account_id, category) WHERE l.account_id = a.account_id
) s
WHERE $1::text IS NULL OR a.name = $1
ORDER BY a.name
