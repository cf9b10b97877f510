-- Where removals of an account ($1, its id) stand, a row a category ($2: one of them, or NULL): since: the epoch from which on
-- an item must have been seen to be safe, that of the last complete walk (0: there is none); held_since: the same of what is
-- held; unidentified: items that walk listed without an id; fence: what it was read under.
SELECT c.category, coalesce(l.items, 0) AS here, coalesce(l.fence, '') AS fence,
       coalesce((extract(epoch FROM now() - l.complete_at) * 1000)::bigint, 0) AS age_ms,
       to_char(l.complete_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS complete_at,
       coalesce(w.since, 0) AS since, coalesce(w.unidentified, 0) AS unidentified,
       coalesce(h.since, 0) AS held_since
FROM unnest(ARRAY['artists', 'albums', 'tracks', 'playlists']) WITH ORDINALITY AS c (category, place)
LEFT JOIN library l ON l.account_id = $1::int AND l.category = c.category
LEFT JOIN LATERAL (
	SELECT min(p.epoch) AS since, sum(p.unidentified) AS unidentified FROM sync_page p
	WHERE p.sync_id = l.complete_sync AND p.category = l.category AND p.walk = l.complete_walk
) w ON true
LEFT JOIN library_held h ON h.account_id = $1::int AND h.category = c.category
WHERE $2::text IS NULL OR c.category = $2
ORDER BY c.place
