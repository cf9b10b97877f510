-- Artists of account $1, in the order of the JSON list of ids in $2.
SELECT t.id, t.name, t.sort_name, t.album_count, t.mbid, t.artwork,
       to_char(t.starred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS starred
FROM json_array_elements_text($2::json) WITH ORDINALITY AS wanted(id, n)
JOIN artist t ON t.account_id = $1::integer AND t.id = wanted.id AND t.removed_at IS NULL
ORDER BY wanted.n
