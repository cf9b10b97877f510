-- $1 to $6 as q_mark_joined, $7 cause, $8 next step.
INSERT INTO sync AS s (sync_id, account_id, mode, categories, requested_by, state, cause, next_step, queued_at, ended_at)
VALUES ($1::uuid, $2::integer, $3, $4, $5, 'failed', $7, $8, to_timestamp($6::bigint / 1000.0), now())
ON CONFLICT (sync_id) DO UPDATE SET
	state = 'failed', cause = excluded.cause, next_step = excluded.next_step, ended_at = excluded.ended_at
WHERE s.ended_at IS NULL AND s.state = 'queued'
