-- One sync ($1) with its account and its ages in ms. $2: until when its requests wait for the provider's limit, as ms since
-- 1970, or NULL; slow_until is that, or when a parked sync goes on, and slow_ms how long it is till then.
SELECT s.sync_id AS sync, a.name AS account, a.account_id, s.mode, s.categories, s.requested_by, s.priority, shown_state(s) AS state, s.joined_into,
       s.cause, s.next_step, s.queued_at, s.started_at, s.ended_at, s.not_before,
       (s.ended_at IS NOT NULL OR s.state IN ('complete', 'partial', 'failed', 'cancelled')) AS over,
       (extract(epoch FROM now() - s.queued_at) * 1000)::bigint AS age_ms,
       (extract(epoch FROM coalesce(s.ended_at, now()) - coalesce(s.started_at, s.queued_at)) * 1000)::bigint AS took_ms,
       coalesce((extract(epoch FROM s.not_before - now()) * 1000)::bigint, 0) AS wait_ms,
       to_char(s.not_before AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS begins_at, p.paused, p.paused_until,
       to_char(slow.until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS slow_until,
       coalesce((extract(epoch FROM slow.until - now()) * 1000)::bigint, 0) AS slow_ms
FROM sync s JOIN account a USING (account_id)
CROSS JOIN account_pause(a) p
LEFT JOIN LATERAL (
	SELECT greatest(to_timestamp($2::bigint / 1000.0), CASE WHEN s.state = 'throttled' THEN s.not_before END) AS until
) slow ON s.ended_at IS NULL AND slow.until > now()
WHERE s.sync_id = $1::uuid
