-- Cancelled syncs of account $1, the newest first, with the newest page of category $2 that was stored of each (-1: none was):
-- what came later was dropped, and stays so.
SELECT s.sync_id AS sync, coalesce(p.walk, -1) AS walk, coalesce(p.page, -1) AS page
FROM sync s LEFT JOIN LATERAL (
	SELECT p.walk, p.page FROM sync_page p WHERE p.sync_id = s.sync_id AND p.category = $2
	ORDER BY p.walk DESC, p.page DESC LIMIT 1
) p ON true
WHERE s.account_id = $1::integer AND s.state IN ('cancelling', 'cancelled')
ORDER BY s.sync_id DESC LIMIT 100
