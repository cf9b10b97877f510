-- What was sent to webhook $1 (NULL: to all), newest first, behind id $2 (NULL: from the newest), at most $3. id:
-- "2026-11-29T17:00:00.123456/3/complete-...", in the order of the list.
SELECT d.id, d.webhook_id AS webhook, d.message_id AS message, d.type, a.name AS account, d.at, d.state, d.tries, d.status,
       d.took_ms, d.error, d.tried_at, d.next_at, d.delivered_at, (extract(epoch FROM now() - d.at) * 1000)::bigint AS age_ms,
       (extract(epoch FROM d.next_at - now()) * 1000)::bigint AS next_ms
FROM (SELECT d.*, webhook_state(d) AS state,
             to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '/' || d.webhook_id || '/' || d.message_id AS id
      FROM webhook_delivery d) d
LEFT JOIN account a USING (account_id)
WHERE ($1::int IS NULL OR d.webhook_id = $1::int)
  AND ($2::text IS NULL OR (d.at, d.webhook_id, d.message_id) < ((split_part($2, '/', 1) || 'Z')::timestamptz,
                                                                 split_part($2, '/', 2)::int, split_part($2, '/', 3)))
ORDER BY d.at DESC, d.webhook_id DESC, d.message_id DESC LIMIT $3::int
