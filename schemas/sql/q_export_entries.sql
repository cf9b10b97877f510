-- Entries of the playlists of account $1 that are here (of $5 alone, if given, also when it was removed) behind position $3 of playlist $2, $4 at most, as lines of an export.
SELECT e.track_id AS id, coalesce(t.title, e.title) AS name,
       coalesce(nullif(array_to_string(coalesce(t.artist_names, ARRAY[t.artist_name]), '; '), ''), e.artist_name) AS artists,
       coalesce(t.album_title, e.album_title) AS album, t.disc AS disc, t.number AS number,
       coalesce(nullif(t.duration_ms, 0), e.duration_ms) AS duration_ms, t.release_date AS release_date,
       array_to_string(t.genres, '; ') AS genres, coalesce(t.isrcs[1], e.isrc) AS isrc, t.mbid AS mbid, NULL AS upc,
       to_char(e.added_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS added_at, NULL AS starred_at, NULL AS rating,
       NULL AS play_count, t.artwork AS artwork, coalesce(t.path, e.uri) AS location, e.playlist_id AS playlist_id,
       e.position AS position, e.type AS type
FROM playlist_entry e
JOIN playlist p ON p.account_id = e.account_id AND p.id = e.playlist_id AND ($5::text IS NOT NULL OR p.removed_at IS NULL)
LEFT JOIN track t ON t.account_id = e.account_id AND t.id = e.track_id
WHERE e.account_id = $1::integer AND (e.playlist_id, e.position) > ($2, $3::bigint)
  AND ($5::text IS NULL OR e.playlist_id = $5)
ORDER BY e.playlist_id, e.position LIMIT $4::integer
