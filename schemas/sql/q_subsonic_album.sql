-- Albums of account $1, in the order of the JSON list of ids in $2. Who does not tell when an album was added: when we saw it first.
SELECT t.id, t.title, t.artist_id, t.artist_name, array_to_json(t.artist_ids) AS artist_ids,
       array_to_json(t.artist_names) AS artist_names, t.song_count, t.duration_ms, t.release_date,
       array_to_json(t.genres) AS genres, t.compilation, t.mbid, t.artwork, t.rating, t.play_count, t.type, t.label,
       to_char(t.starred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS starred,
       coalesce(to_char(t.added_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                to_char(to_timestamp(('x' || substr(t.first_sync::text, 1, 8) || substr(t.first_sync::text, 10, 4))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS created
FROM json_array_elements_text($2::json) WITH ORDINALITY AS wanted(id, n)
JOIN album t ON t.account_id = $1::integer AND t.id = wanted.id AND t.removed_at IS NULL
ORDER BY wanted.n
