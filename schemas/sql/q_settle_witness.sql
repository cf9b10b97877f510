-- Can the last complete walk of another sync than $3, for account $1 and category $2, be a witness? Its ledger must be there:
-- has_witness. witness_epoch: its first; witness_unidentified: what it has listed, or its provider counts, without an id.
SELECT coalesce(e.epoch, 0) AS witness_epoch, coalesce(e.pages > 0, false) AS has_witness,
       coalesce(e.unidentified, 0) + coalesce(c.unlisted, 0) AS witness_unidentified
FROM library l
CROSS JOIN LATERAL (
	SELECT CASE WHEN l.complete_sync = $3::uuid THEN l.previous_sync ELSE l.complete_sync END AS sync_id,
	       CASE WHEN l.complete_sync = $3::uuid THEN l.previous_walk ELSE l.complete_walk END AS walk
) w
LEFT JOIN LATERAL (
	SELECT min(p.epoch) AS epoch, count(*) AS pages, sum(p.unidentified) AS unidentified
	FROM sync_page p WHERE p.sync_id = w.sync_id AND p.category = l.category AND p.walk = w.walk
) e ON true
LEFT JOIN sync_category c ON c.sync_id = w.sync_id AND c.category = l.category
WHERE l.account_id = $1::integer AND l.category = $2
