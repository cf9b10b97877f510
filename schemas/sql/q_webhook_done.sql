-- What came of try $3 of message $2 to webhook $1: $4 HTTP status or NULL, $5 ms it took, $6 error, $7 delivered, $8 ms until the
-- next try or NULL. Nothing when another sender has taken the message over meanwhile.
WITH done AS (
	UPDATE webhook_delivery SET status = $4::int, took_ms = $5::int, error = $6,
	       delivered_at = CASE WHEN $7::boolean THEN now() END, next_at = now() + $8::bigint * interval '1 millisecond'
	WHERE webhook_id = $1::int AND message_id = $2 AND tries = $3::int AND delivered_at IS NULL
	RETURNING webhook_id
)
UPDATE webhook w SET busy_until = now() FROM done WHERE w.webhook_id = done.webhook_id
