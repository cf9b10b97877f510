-- Unfinished syncs that may need to be put back to work, at most $1 behind $2 (so that those that are
-- alive do not hide the others: the next round goes on behind them). Whether one has a lease is asked of Redis. The wait is
-- 10 s (a sync that never ran: 30 s) for the first three tries that brought the sync nowhere, for that happens when workers are
-- restarted one after the other; from then on it doubles, up to 5 minutes, for it may be the sync that kills them.
SELECT s.sync_id AS sync, a.name AS account, s.mode, s.categories, s.requested_by, s.priority, s.state, s.look_again
FROM sync s JOIN account a USING (account_id)
CROSS JOIN LATERAL (
	SELECT least(interval '5 minutes', interval '1 second' * power(2, CASE WHEN sync_advanced(s) THEN 0 ELSE greatest(least(s.requeues, 8) - 3, 0) END)
	             * CASE WHEN s.state = 'queued' AND s.cause = '' THEN 30 ELSE 10 END) AS wait
) w
WHERE s.ended_at IS NULL AND s.sync_id > $2::uuid AND s.state <> 'cancelling'
  AND (s.not_before IS NULL OR s.not_before <= now()) AND coalesce(a.paused_until <= now(), true)
  AND ((s.look_again AND s.epoch > 0) OR coalesce(s.requeued_at + w.wait < now(),
               s.state <> 'queued' OR s.cause <> '' OR s.queued_at < now() - interval '30 seconds'))
ORDER BY s.sync_id LIMIT $1::integer
