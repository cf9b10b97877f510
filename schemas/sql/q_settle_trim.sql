-- Pages behind the end of walk $3 of sync $1, category $2, of $4 pages: left by an attempt that a takeover replaced. What
-- they added and changed stays counted, in the last page.
WITH gone AS (
	DELETE FROM sync_page WHERE sync_id = $1::uuid AND category = $2 AND walk = $3::integer AND page >= $4::integer
	RETURNING added, changed
), sums AS (
	SELECT sum(added) AS added, sum(changed) AS changed FROM gone
)
UPDATE sync_page p SET added = p.added + s.added, changed = p.changed + s.changed FROM sums s
WHERE p.sync_id = $1::uuid AND p.category = $2 AND p.walk = $3::integer AND p.page = $4::integer - 1
  AND s.added + s.changed > 0
