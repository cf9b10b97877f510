-- $1 to $6 as q_mark_joined, $7 cause, $8 next step, $9 ms since 1970 before which it does not begin, or NULL. The cause
-- tells the reconciler that it waits for its account; older attempts are forgotten when that is free by now, and by the trigger
-- account_is_free when it becomes so. A time that was planned stays: nothing that began before it does the same work. A row that is
-- made here is dated by this clock, like every request: later than it was asked for is the safe side.
INSERT INTO sync AS s (sync_id, account_id, mode, categories, requested_by, priority, state, cause, next_step, not_before, queued_at)
VALUES ($1::uuid, $2::integer, $3, $4, $5, $6, 'queued', $7, $8, to_timestamp($9::bigint / 1000.0), now())
ON CONFLICT (sync_id) DO UPDATE SET cause = excluded.cause, next_step = excluded.next_step,
	not_before = coalesce(excluded.not_before, s.not_before),
	requeued_at = CASE WHEN EXISTS (SELECT FROM sync r WHERE r.account_id = s.account_id AND r.ended_at IS NULL AND r.epoch > 0)
	                   THEN s.requeued_at END
WHERE s.ended_at IS NULL AND s.state = 'queued'
