-- What sync $2 of account $1 changed, removed or restored among items of kind $3, in the order it happened: $5 at most, behind
-- change $4. Also what a person brought back of what the sync removed.
SELECT c.change_id, c.kind, c.id, c.change, c.label, c.columns, coalesce(c.person, '') AS person,
       to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
FROM library_change c
WHERE c.account_id = $1::int AND c.sync_id = $2::uuid AND c.kind = $3 AND c.change_id > $4::bigint
ORDER BY c.change_id LIMIT $5::bigint
