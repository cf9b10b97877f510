-- Tracks of account $1 behind id $2 as lines of an export, $4 at most; $3 and $5 are of entries alone.
SELECT id, title AS name, array_to_string(coalesce(artist_names, ARRAY[artist_name]), '; ') AS artists, album_title AS album,
       disc, number, duration_ms, release_date, array_to_string(genres, '; ') AS genres, isrcs[1] AS isrc, mbid, NULL AS upc,
       to_char(added_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS added_at,
       to_char(starred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS starred_at, rating, play_count, artwork,
       path AS location, NULL AS playlist_id, NULL AS position, NULL AS type
FROM track
WHERE account_id = $1::integer AND id > $2 AND removed_at IS NULL AND $3::bigint IS NOT NULL AND $5::text IS NULL
ORDER BY id LIMIT $4::integer
