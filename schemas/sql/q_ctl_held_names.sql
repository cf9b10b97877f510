-- Ten active items of an account ($1) in category $2 that no walk of epoch $3 or a later one has seen (library_held: since, walk),
-- and that q_confirm_removals would take.
WITH held AS (
	SELECT h.sync_id, h.walk, h.judged_at, l.complete_walk
	FROM library_held h JOIN library l USING (account_id, category) WHERE account_id = $1::int AND category = $2
), seen AS (
	SELECT unnest(l.ids) AS hash FROM page_list l
	WHERE l.account_id = $1::int AND l.category = $2 AND l.digest IN (
		SELECT unnest(p.lists) FROM sync s JOIN sync_page p USING (sync_id)
		WHERE s.account_id = $1::int AND p.category = $2
		  AND (p.epoch >= $3::bigint OR EXISTS (SELECT FROM held h WHERE h.sync_id = p.sync_id AND h.complete_walk = p.walk))
		  AND NOT EXISTS (SELECT FROM held h WHERE h.sync_id = p.sync_id AND h.walk <> p.walk))
), here AS (
	SELECT id, label FROM library_item WHERE account_id = $1::int AND category = $2 AND removed_at IS NULL
)
SELECT id, label FROM here
WHERE NOT EXISTS (SELECT 1 FROM seen WHERE seen.hash = hashtextextended(here.id, 0))
  AND NOT EXISTS (SELECT FROM library_kept k, held h
                  WHERE k.account_id = $1::int AND k.kind = rtrim($2, 's') AND k.id = here.id AND k.at > h.judged_at)
ORDER BY label, id LIMIT 10
