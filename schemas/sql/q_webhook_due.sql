-- Is there something to send?
SELECT EXISTS (SELECT FROM webhook_delivery WHERE next_at <= now()) AS due
