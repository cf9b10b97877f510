-- The fence $3 is still that of the last complete walk of account $1, category $2. No row: it is not, or there was none. A ?
-- in front, or behind !, says that it does not tell all: then the walk was the last proof.
UPDATE library SET complete_at = CASE WHEN fence LIKE '?%' OR fence LIKE '!?%' THEN complete_at ELSE now() END
WHERE account_id = $1::integer AND category = $2 AND complete_sync IS NOT NULL AND fence = $3
RETURNING items
