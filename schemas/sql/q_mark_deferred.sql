-- $1 to $6 as q_mark_joined, $7 cause. The cause tells the reconciler that it waits for its account; it forgets older
-- attempts, so that the sync starts soon after the account is free.
INSERT INTO sync AS s (sync_id, account_id, mode, categories, requested_by, state, cause, queued_at)
VALUES ($1::uuid, $2::integer, $3, $4, $5, 'queued', $7, to_timestamp($6::bigint / 1000.0))
ON CONFLICT (sync_id) DO UPDATE SET cause = excluded.cause
WHERE s.ended_at IS NULL AND s.state = 'queued'
