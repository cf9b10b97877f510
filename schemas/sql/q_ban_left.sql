-- What is left of the pause for what the provider counts requests under ($1), in ms. No row: there was none.
SELECT greatest((extract(epoch FROM until - now()) * 1000)::bigint, 0) AS left_ms FROM provider_pause
WHERE credential = sha256(convert_to($1, 'UTF8'))
