-- Rows here of each category of an account ($1, its id), what its last complete walk rejected, and the last proof.
SELECT c.category, c.here, coalesce(s.rejected, 0) AS rejected,
       to_char(l.complete_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS complete_at, coalesce(l.fence, '') AS fence,
       coalesce((extract(epoch FROM now() - l.complete_at) * 1000)::bigint, 0) AS age_ms
FROM (
	SELECT 1 AS place, 'artists' AS category, count(*) AS here FROM artist WHERE account_id = $1::int AND removed_at IS NULL
	UNION ALL
	SELECT 2, 'albums', count(*) FROM album WHERE account_id = $1::int AND removed_at IS NULL
	UNION ALL
	SELECT 3, 'tracks', count(*) FROM track WHERE account_id = $1::int AND removed_at IS NULL
	UNION ALL
	SELECT 4, 'playlists', count(*) FROM playlist WHERE account_id = $1::int AND removed_at IS NULL
) c
LEFT JOIN library l ON l.account_id = $1::int AND l.category = c.category
LEFT JOIN sync_category s ON s.sync_id = l.complete_sync AND s.category = c.category
ORDER BY c.place
