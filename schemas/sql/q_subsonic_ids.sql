-- Ids of kind $2 of account $1 in the shelf's order, $4 from the $3th on, with their letters.
SELECT id, letter FROM shelf
WHERE account_id = $1::integer AND kind = $2 AND NOT removed
ORDER BY letter, sort_key, id OFFSET $3::integer LIMIT $4::integer
