-- A test message $2 to webhook $1, as taken already: whoever makes it sends it, once. $3: who asked, $4: the console's address.
WITH made AS (
	INSERT INTO webhook_delivery AS d (webhook_id, message_id, type, page, data, next_at, tries, tried_at, error)
	SELECT w.webhook_id, $2, 'webhook.test', '/settings/webhooks', jsonb_build_object('asked_by', $3::text), NULL, 1, now(),
	       'whoever tested it has not written down what came of it'
	FROM webhook w WHERE w.webhook_id = $1::int
	RETURNING d.webhook_id, d.message_id, d.type, d.tries, webhook_body(d, $4) AS body
)
SELECT w.webhook_id, w.target, w.sealed, w.internal, d.message_id, d.type, d.tries, d.body FROM made d JOIN webhook w USING (webhook_id)
