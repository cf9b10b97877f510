-- Entries of a playlist ($2) of an account ($1) in their order, behind a position ($3), $4 of them.
SELECT e.position, e.type, e.track_id, coalesce(t.title, e.title) AS title, coalesce(t.artist_name, e.artist_name) AS artist_name,
       coalesce(t.album_title, e.album_title) AS album_title, coalesce(t.duration_ms, e.duration_ms) AS duration_ms, e.added_at,
       e.added_by, e.uri, e.isrc,
       CASE WHEN e.track_id IS NULL THEN e.type WHEN t.id IS NULL THEN 'not in the library'
            WHEN t.removed_at IS NOT NULL THEN 'removed' ELSE 'here' END AS status
FROM playlist_entry e LEFT JOIN track t ON t.account_id = e.account_id AND t.id = e.track_id
WHERE e.account_id = $1::int AND e.playlist_id = $2 AND ($3::bigint IS NULL OR e.position > $3::bigint)
ORDER BY e.position LIMIT $4::int
