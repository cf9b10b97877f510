-- Ids of kind $2 of account $1 in the shelf's order, with their places: $4 from the $3th on behind the place of letter $5, sort key $6
-- and id $7.
SELECT id, letter, sort_key FROM shelf
WHERE account_id = $1::integer AND kind = $2 AND removed = false AND (letter, sort_key, id) > ($5, $6, $7)
ORDER BY letter, sort_key, id OFFSET $3::integer LIMIT $4::integer
