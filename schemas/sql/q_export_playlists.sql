-- Playlists of account $1 behind id $2 as lines of an export, $4 at most; $3 and $5 are of entries alone.
SELECT id, name, owner AS artists, NULL AS album, NULL AS disc, NULL AS number, duration_ms, NULL AS release_date,
       NULL AS genres, NULL AS isrc, NULL AS mbid, NULL AS upc,
       to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS added_at, NULL AS starred_at, NULL AS rating,
       NULL AS play_count, artwork, NULL AS location, NULL AS playlist_id, NULL AS position, NULL AS type
FROM playlist
WHERE account_id = $1::integer AND id > $2 AND removed_at IS NULL AND $3::bigint IS NOT NULL AND $5::text IS NULL
ORDER BY id LIMIT $4::integer
