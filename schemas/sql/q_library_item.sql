-- Item $3 of kind $2 of account $1, with what pages tell of it beside what lists do.
SELECT i.*, to_char(i.removed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS removed_text,
       coalesce((extract(epoch FROM now() - i.removed_at) * 1000)::bigint, 0) AS removed_age_ms,
       t.isrcs[1] AS isrc, coalesce(t.mbid, b.mbid, a.mbid) AS mbid, array_to_string(coalesce(t.genres, b.genres), ', ') AS genres,
       t.playable IS NOT DISTINCT FROM false AS unplayable, p.comment, p.owner, p.entries_refused
FROM library_item i
LEFT JOIN track t ON $2 = 'track' AND t.account_id = $1::integer AND t.id = $3
LEFT JOIN album b ON $2 = 'album' AND b.account_id = $1::integer AND b.id = $3
LEFT JOIN artist a ON $2 = 'artist' AND a.account_id = $1::integer AND a.id = $3
LEFT JOIN playlist p ON $2 = 'playlist' AND p.account_id = $1::integer AND p.id = $3
WHERE i.account_id = $1::integer AND i.kind = $2 AND i.id = $3
