-- Is there something to send that no sender has in hand?
SELECT EXISTS (
	SELECT FROM webhook_delivery d JOIN webhook w USING (webhook_id)
	WHERE d.next_at <= now() AND w.off_at IS NULL AND w.busy_until <= now()
) AS due
