-- Where each category of a sync goes on, from the ledger alone: $1 sync_id. A settled category is at its end. A walk that
-- was told to be repeated has left rows of its own, so the newest walk's newest page counts.
SELECT c.category,
       CASE WHEN c.ended_at IS NOT NULL THEN 'end' ELSE coalesce(p.next_cursor, '') END AS next_cursor
FROM sync_category c
LEFT JOIN LATERAL (
	SELECT next_cursor FROM sync_page p
	WHERE p.sync_id = c.sync_id AND p.category = c.category
	ORDER BY walk DESC, page DESC LIMIT 1
) p ON true
WHERE c.sync_id = $1::uuid
