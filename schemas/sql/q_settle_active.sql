-- Template: {table}. Active rows of account $1.
SELECT count(*) AS items FROM {table} WHERE account_id = $1 AND removed_at IS NULL
