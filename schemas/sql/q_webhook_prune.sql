-- Forgets deliveries that were over $1 days ago.
DELETE FROM webhook_delivery WHERE next_at IS NULL AND at < now() - $1::int * interval '1 day'
