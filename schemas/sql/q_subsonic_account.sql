-- Account $2, or the first; only the one with the name $1 if that is given.
SELECT account_id FROM account
WHERE ($1::text IS NULL OR name = $1) AND ($2::text IS NULL OR account_id::text = $2)
ORDER BY name LIMIT 1
