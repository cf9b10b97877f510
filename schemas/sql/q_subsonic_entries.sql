-- Entries of playlist $2 of account $1 behind position $3 in their order, $4 of them, as songs: with what the playlist tells of them, and what the library does.
SELECT e.track_id AS id, e.position, coalesce(e.title, t.title) AS title, t.album_id, coalesce(e.album_title, t.album_title) AS album_title,
       t.artist_id, coalesce(e.artist_name, t.artist_name) AS artist_name, array_to_json(t.artist_ids) AS artist_ids,
       array_to_json(t.artist_names) AS artist_names, t.disc, t.number, coalesce(e.duration_ms, t.duration_ms) AS duration_ms,
       t.release_date, array_to_json(t.genres) AS genres, array_to_json(t.isrcs) AS isrcs, t.mbid, t.explicit, t.bitrate,
       t.size_bytes, t.content_type, t.path, t.artwork, t.rating, t.play_count,
       to_char(t.starred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS starred,
       to_char(t.added_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created
FROM playlist_entry e
LEFT JOIN track t ON t.account_id = e.account_id AND t.id = e.track_id
WHERE e.account_id = $1::integer AND e.playlist_id = $2 AND e.position > $3::bigint
ORDER BY e.position LIMIT $4::integer
