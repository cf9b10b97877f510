-- A fetcher has taken a sync: $1 sync, $2 account, $3 mode, $4 categories, $5 requested_by, $6 priority, $7 epoch,
-- $8 ms since 1970. There is one such mark per category; only the first of an epoch does anything.
INSERT INTO sync AS s (sync_id, account_id, mode, categories, requested_by, priority, state, epoch, queued_at, started_at)
VALUES ($1::uuid, $2::integer, $3, $4, $5, $6, 'running', $7::bigint, to_timestamp($8::bigint / 1000.0),
        to_timestamp($8::bigint / 1000.0))
ON CONFLICT (sync_id) DO UPDATE SET
	state = 'running', epoch = excluded.epoch, started_at = coalesce(s.started_at, excluded.started_at), not_before = NULL,
	cause = '', next_step = ''
WHERE s.ended_at IS NULL AND s.epoch < excluded.epoch
