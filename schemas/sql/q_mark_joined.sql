-- $1 sync, $2 account, $3 mode, $4 categories, $5 requested_by, $6 priority, $7 ms since 1970, $8 cause, $9 the sync that
-- does the work, $10 next step.
INSERT INTO sync AS s (sync_id, account_id, mode, categories, requested_by, priority, state, cause, next_step, joined_into, queued_at,
                       ended_at)
VALUES ($1::uuid, $2::integer, $3, $4, $5, $6, 'joined', $8, $10, $9::uuid, to_timestamp($7::bigint / 1000.0), now())
ON CONFLICT (sync_id) DO UPDATE SET
	state = 'joined', joined_into = excluded.joined_into, cause = excluded.cause, next_step = excluded.next_step, not_before = NULL,
	ended_at = excluded.ended_at
WHERE s.ended_at IS NULL AND s.state = 'queued'
