-- Entries of playlist $2 of account $1 from position $3 on, $4 at most, each with what is known of its track now.
SELECT e.position, e.type, e.track_id, coalesce(t.title, e.title) AS title, coalesce(t.artist_name, e.artist_name) AS artist_name,
       coalesce(t.album_title, e.album_title) AS album_title, coalesce(nullif(t.duration_ms, 0), e.duration_ms) AS duration_ms,
       e.uri, t.id IS NOT NULL AS here, t.removed_at IS NOT NULL AS removed, t.playable IS NOT DISTINCT FROM false AS unplayable
FROM playlist_entry e
LEFT JOIN track t ON t.account_id = e.account_id AND t.id = e.track_id
WHERE e.account_id = $1::integer AND e.playlist_id = $2 AND e.position >= $3::bigint
ORDER BY e.position LIMIT $4::integer
