-- $1 to $7 as q_mark_joined, $8 cause, $9 next step.
INSERT INTO sync AS s (sync_id, account_id, mode, categories, requested_by, priority, state, cause, next_step, queued_at, ended_at)
VALUES ($1::uuid, $2::integer, $3, $4, $5, $6, 'failed', $8, $9, to_timestamp($7::bigint / 1000.0), now())
ON CONFLICT (sync_id) DO UPDATE SET
	state = 'failed', cause = excluded.cause, next_step = excluded.next_step, ended_at = excluded.ended_at
WHERE s.ended_at IS NULL AND s.state = 'queued'
