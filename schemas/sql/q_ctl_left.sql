-- What account $1's last sync left undone: its mode, whether it is over, and the categories that failed with it. A sync that
-- somebody cancelled left nothing.
SELECT s.mode, s.ended_at IS NOT NULL AS over,
       CASE WHEN s.state IN ('failed', 'partial') THEN coalesce((
	       SELECT string_agg(c.category, ',') FROM sync_category c
	       WHERE c.sync_id = s.sync_id AND c.state IN ('failed', 'partial')
       ), CASE WHEN s.state = 'failed' THEN s.categories END) END AS left_undone
FROM sync s
WHERE s.account_id = $1::integer AND s.state <> 'joined'
ORDER BY s.sync_id DESC LIMIT 1
