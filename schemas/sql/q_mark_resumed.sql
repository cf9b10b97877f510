-- $1 sync, $2 epoch.
UPDATE sync SET state = 'running', not_before = NULL, cause = '', next_step = ''
WHERE sync_id = $1::uuid AND ended_at IS NULL AND epoch <= $2::bigint AND state = 'throttled'
