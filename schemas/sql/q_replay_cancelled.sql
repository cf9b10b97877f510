-- Syncs of account $1 that were cancelled before category $2 had ended, the newest first, with the position of the newest page that
-- was stored of each (-1: none was): what came later was dropped, and stays so.
SELECT s.sync_id AS sync, coalesce(p.epoch, -1) AS epoch, coalesce(p.walk, -1) AS walk, coalesce(p.page, -1) AS page
FROM sync s LEFT JOIN sync_category c ON c.sync_id = s.sync_id AND c.category = $2
LEFT JOIN LATERAL (
	SELECT p.epoch, p.walk, p.page FROM sync_page p WHERE p.sync_id = s.sync_id AND p.category = $2
	ORDER BY p.epoch DESC, p.walk DESC, p.page DESC LIMIT 1
) p ON true
WHERE s.account_id = $1::integer AND s.state IN ('cancelling', 'cancelled') AND coalesce(c.state, 'cancelled') = 'cancelled'
ORDER BY s.sync_id DESC LIMIT 100
