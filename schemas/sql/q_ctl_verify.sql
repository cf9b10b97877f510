-- Rows here of each category of an account ($1, its id), what its last complete walk rejected, and the last proof.
SELECT c.category, i.here, coalesce(s.rejected, 0) AS rejected,
       to_char(l.complete_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS complete_at, coalesce(l.fence, '') AS fence,
       coalesce((extract(epoch FROM now() - l.complete_at) * 1000)::bigint, 0) AS age_ms
FROM unnest(ARRAY['artists', 'albums', 'tracks', 'playlists']) WITH ORDINALITY AS c (category, place)
CROSS JOIN LATERAL (
	SELECT count(*) AS here FROM library_item WHERE account_id = $1::int AND category = c.category AND removed_at IS NULL
) i
LEFT JOIN library l ON l.account_id = $1::int AND l.category = c.category
LEFT JOIN sync_category s ON s.sync_id = l.complete_sync AND s.category = c.category
ORDER BY c.place
