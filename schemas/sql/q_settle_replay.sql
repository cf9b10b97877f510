-- How many rows category $2 of account $1 has after a replay ($3): of what is proved nothing changes.
UPDATE library SET items = $3::bigint WHERE account_id = $1::integer AND category = $2
