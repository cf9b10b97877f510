-- Keeps the newest $2 changes of account $1's history (LIMIT_HISTORY), whole syncs of them.
DELETE FROM library_change WHERE account_id = $1::integer AND sync_id < (
	SELECT sync_id FROM library_change WHERE account_id = $1::integer ORDER BY sync_id DESC OFFSET $2::bigint LIMIT 1)
