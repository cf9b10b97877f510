-- The ten newest syncs of an account ($1, its name) with their sums.
SELECT s.sync_id AS sync, s.mode, s.categories, s.requested_by, s.priority, shown_state(s) AS state, s.joined_into, s.cause, s.next_step, s.queued_at,
       s.started_at, s.ended_at, coalesce(c.received, 0) AS received, coalesce(c.stored, 0) AS stored,
       coalesce(c.errors, 0) AS errors, coalesce(c.added, 0) AS added, coalesce(c.changed, 0) AS changed,
       coalesce(c.removed, 0) AS removed, s.started_at IS NOT NULL AS started,
       (extract(epoch FROM now() - s.queued_at) * 1000)::bigint AS age_ms,
       coalesce((extract(epoch FROM coalesce(s.ended_at, now()) - s.started_at) * 1000)::bigint, 0) AS took_ms
FROM sync s
LEFT JOIN LATERAL (
	SELECT sum(received)::bigint AS received, sum(stored)::bigint AS stored, sum(rejected)::bigint AS errors,
	       sum(added)::bigint AS added, sum(changed)::bigint AS changed, sum(removed)::bigint AS removed
	FROM sync_category WHERE sync_id = s.sync_id
) c ON true
WHERE s.account_id = (SELECT account_id FROM account WHERE name = $1)
ORDER BY s.sync_id DESC LIMIT 10
