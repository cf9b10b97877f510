-- Where each category of a sync goes on, from the ledger alone: $1 sync_id. A settled category is at its end. A walk that
-- was told to be repeated has left rows of its own, so the newest walk's newest page counts. lost: Kafka has lost messages
-- that may be the sync's.
SELECT c.category,
       CASE WHEN c.ended_at IS NOT NULL THEN 'end' ELSE coalesce(p.next_cursor, '') END AS next_cursor, s.lost <> '' AS lost
FROM sync_category c JOIN sync s USING (sync_id)
LEFT JOIN LATERAL (
	SELECT next_cursor FROM sync_page p
	WHERE p.sync_id = c.sync_id AND p.category = c.category
	ORDER BY walk DESC, page DESC LIMIT 1
) p ON true
WHERE c.sync_id = $1::uuid
