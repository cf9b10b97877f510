-- Forgets deliveries of more than $1 days ago that are over, or whose webhook is off.
DELETE FROM webhook_delivery d USING webhook w
WHERE w.webhook_id = d.webhook_id AND (d.next_at IS NULL OR w.off_at IS NOT NULL) AND d.at < now() - $1::int * interval '1 day'
