-- Pauses account $1 until $2 (ms since 1970; NULL: until it is resumed). Says until when, "" for that.
UPDATE account SET paused_until = coalesce(to_timestamp($2::bigint / 1000.0), 'infinity') WHERE account_id = $1::integer
RETURNING CASE WHEN paused_until < 'infinity' THEN to_char(paused_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
          ELSE '' END AS until
