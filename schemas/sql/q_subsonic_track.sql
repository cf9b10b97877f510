-- Songs of account $1, in the order of the JSON list of ids in $2.
SELECT t.id, t.title, t.album_id, t.album_title, t.artist_id, t.artist_name, array_to_json(t.artist_ids) AS artist_ids,
       array_to_json(t.artist_names) AS artist_names, t.disc, t.number, t.duration_ms, t.release_date,
       array_to_json(t.genres) AS genres, array_to_json(t.isrcs) AS isrcs, t.mbid, t.explicit, t.bitrate, t.size_bytes,
       t.content_type, t.path, t.artwork, t.rating, t.play_count,
       to_char(t.starred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS starred,
       to_char(t.added_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created
FROM json_array_elements_text($2::json) WITH ORDINALITY AS wanted(id, n)
JOIN track t ON t.account_id = $1::integer AND t.id = wanted.id AND t.removed_at IS NULL
ORDER BY wanted.n
