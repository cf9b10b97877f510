-- Syncs whose time has come since they were last put to work, at most $1: planned ones and parked ones. They do not wait for
-- q_reconcile_find to get round to them.
SELECT s.sync_id AS sync, a.name AS account, s.mode, s.categories, s.requested_by, s.priority, s.state, s.look_again
FROM sync s JOIN account a USING (account_id)
WHERE s.ended_at IS NULL AND s.state IN ('queued', 'throttled') AND s.not_before <= now()
  AND coalesce(s.requeued_at < s.not_before, true) AND coalesce(a.paused_until <= now(), true)
ORDER BY s.not_before LIMIT $1::integer
