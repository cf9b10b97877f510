-- $1 sync, $2 epoch, $3 ms since 1970 when it goes on, $4 cause, $5 next step.
UPDATE sync SET state = 'throttled', not_before = to_timestamp($3::bigint / 1000.0), cause = $4, next_step = $5
WHERE sync_id = $1::uuid AND ended_at IS NULL AND epoch <= $2::bigint
