-- $1 sync, $2 cause, $3 next step.
UPDATE sync SET state = 'needs_auth', cause = $2, next_step = $3
WHERE sync_id = $1::uuid AND ended_at IS NULL
