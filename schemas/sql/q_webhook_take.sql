-- Takes the oldest delivery that is due of at most $2 webhooks that no sender is busy with, for $3 seconds; $1: the console's
-- address. A webhook is looked at as it is when it is locked, a delivery when it is updated, so what another sender has just
-- done is not done again. (Whoever loses that race leaves the webhook busy without cause; the $3 seconds end that.)
WITH taken AS (
	SELECT w.webhook_id FROM webhook w
	WHERE w.off_at IS NULL AND w.busy_until <= now()
	  AND EXISTS (SELECT FROM webhook_delivery d WHERE d.webhook_id = w.webhook_id AND d.next_at <= now())
	ORDER BY w.busy_until LIMIT $2::int
	FOR NO KEY UPDATE SKIP LOCKED
), busy AS (
	UPDATE webhook w SET busy_until = now() + $3::int * interval '1 second' FROM taken t WHERE w.webhook_id = t.webhook_id
	RETURNING w.*
)
UPDATE webhook_delivery d SET tries = d.tries + 1, tried_at = now(), took_ms = NULL, status = NULL, error = '' FROM busy w
WHERE d.webhook_id = w.webhook_id AND d.next_at <= now() AND d.message_id = (
	SELECT n.message_id FROM webhook_delivery n WHERE n.webhook_id = w.webhook_id AND n.next_at <= now() ORDER BY n.next_at LIMIT 1
)
RETURNING w.webhook_id, w.target, w.sealed, w.internal, d.message_id, d.type, d.tries, webhook_body(d, $1) AS body
