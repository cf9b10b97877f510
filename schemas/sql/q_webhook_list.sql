-- Webhooks behind $1 (NULL: from the first), at most $2, with how they fare. What is on its way for the first time says nothing of
-- that; what is on its way again has failed before.
SELECT w.webhook_id AS id, w.target, a.name AS account, w.events, w.internal, w.created_at, w.off_at, w.off_cause,
       CASE WHEN w.off_at IS NOT NULL THEN 'off' WHEN l.failing THEN 'failing' ELSE 'on' END AS state,
       (SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.webhook_id AND d.next_at IS NOT NULL) AS waiting,
       l.last_at, (extract(epoch FROM now() - l.last_at) * 1000)::bigint AS last_ms, coalesce(l.error, '') AS last_error
FROM webhook w
LEFT JOIN account a USING (account_id)
LEFT JOIN LATERAL (
	SELECT d.tried_at AS last_at, d.delivered_at IS NULL AS failing,
	       CASE WHEN d.took_ms IS NULL THEN 'it is being tried again' ELSE d.error END AS error
	FROM webhook_delivery d
	WHERE d.webhook_id = w.webhook_id AND (d.took_ms IS NOT NULL OR d.tries > 1) ORDER BY d.tried_at DESC LIMIT 1
) l ON true
WHERE $1::int IS NULL OR w.webhook_id > $1::int
ORDER BY w.webhook_id LIMIT $2::int
