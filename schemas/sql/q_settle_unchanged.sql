-- The fence $3 is still that of the last complete walk of account $1, category $2. No row: it is not, or there was none.
UPDATE library SET complete_at = now()
WHERE account_id = $1::integer AND category = $2 AND complete_sync IS NOT NULL AND fence = $3
RETURNING items
