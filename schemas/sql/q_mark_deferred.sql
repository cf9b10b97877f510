-- $1 to $7 as q_mark_joined, $8 cause, $9 next step, $10 ms since 1970 before which it does not begin, or NULL. The cause
-- tells the reconciler that it waits for its account; it forgets older attempts, so that the sync starts soon after the
-- account is free. A time that was planned stays: nothing that began before it does the same work.
INSERT INTO sync AS s (sync_id, account_id, mode, categories, requested_by, priority, state, cause, next_step, not_before, queued_at)
VALUES ($1::uuid, $2::integer, $3, $4, $5, $6, 'queued', $8, $9, to_timestamp($10::bigint / 1000.0), to_timestamp($7::bigint / 1000.0))
ON CONFLICT (sync_id) DO UPDATE SET cause = excluded.cause, next_step = excluded.next_step,
	not_before = coalesce(excluded.not_before, s.not_before)
WHERE s.ended_at IS NULL AND s.state = 'queued'
