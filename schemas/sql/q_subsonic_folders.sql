-- The accounts that a sign-in sees: all, or the one with the name $1.
SELECT account_id, name FROM account WHERE $1::text IS NULL OR name = $1 ORDER BY name
