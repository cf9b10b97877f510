-- Items of kind $3 of account $1 that sync $2 saw first, also those that are removed by now: $5 at most, behind id $4. Each
-- statement is planned with its values, so that one of these tables is read, along its key.
SELECT id, label FROM library_item
WHERE kind = $3 AND account_id = $1::int AND first_sync = $2::uuid AND id > $4
ORDER BY id LIMIT $5::bigint
