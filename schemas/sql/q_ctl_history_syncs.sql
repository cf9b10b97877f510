-- Syncs of an account ($1, its id) that changed something, newest first: since $2 (or NULL), in category $3 (or NULL), of id $4
-- (or NULL), older than sync $5 (or NULL); $6 at most. changed: without what came back; restored: what a sync found listed again; undone: what a person
-- brought back of what this sync had removed.
SELECT s.sync_id AS sync, s.mode, s.state, s.requested_by,
       to_char(coalesce(s.started_at, s.queued_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at,
       (extract(epoch FROM now() - coalesce(s.started_at, s.queued_at)) * 1000)::bigint AS age_ms,
       c.added, greatest(c.changed - r.restored, 0) AS changed, c.removed, r.restored, r.undone
FROM sync s
CROSS JOIN LATERAL (
	SELECT coalesce(sum(added), 0)::bigint AS added, coalesce(sum(changed), 0)::bigint AS changed,
	       coalesce(sum(removed), 0)::bigint AS removed
	FROM sync_category WHERE sync_id = s.sync_id AND ($3::text IS NULL OR category = $3)
) c
CROSS JOIN LATERAL (
	SELECT count(*) FILTER (WHERE person IS NULL) AS restored, count(*) FILTER (WHERE person IS NOT NULL) AS undone
	FROM library_change
	WHERE account_id = s.account_id AND sync_id = s.sync_id AND change = 'restored' AND ($3::text IS NULL OR kind = rtrim($3, 's'))
) r
WHERE s.account_id = $1::int AND ($2::timestamptz IS NULL OR coalesce(s.started_at, s.queued_at) >= $2::timestamptz)
  AND ($4::uuid IS NULL OR s.sync_id = $4::uuid)
  AND ($5::uuid IS NULL OR s.sync_id < $5::uuid)
  AND ($4::uuid IS NOT NULL OR c.added + c.changed + c.removed > 0)
ORDER BY s.sync_id DESC LIMIT $6::bigint
