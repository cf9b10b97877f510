-- Ends sync $1: $2 state, $3 cause, $4 next step.
UPDATE sync SET state = $2, cause = $3, next_step = $4, ended_at = now(), not_before = NULL WHERE sync_id = $1::uuid
