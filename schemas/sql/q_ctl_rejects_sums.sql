-- Rejects by reason, most first: $1 to $12 as q_ctl_rejects, of which $3 is how many groups.
SELECT r.reason, r.category, r.kind, r.field, count(*) AS count, count(*) FILTER (WHERE r.state = 'open') AS open,
       min(r.detail) AS example
FROM reject_state r
WHERE ($1::uuid IS NULL OR r.sync_id = $1::uuid OR r.last_sync = $1::uuid) AND ($2::int IS NULL OR r.account_id = $2::int)
  AND ($4::text IS NULL OR r.reason = $4) AND ($5::text IS NULL OR r.category = $5) AND ($6::text IS NULL OR r.kind = $6)
  AND ($7::text IS NULL OR r.item_id = $7) AND ($8::text IS NULL OR r.topic = $8)
  AND ($9::int IS NULL OR r.kafka_partition = $9::int) AND ($10::bigint IS NULL OR r.kafka_offset = $10::bigint)
  AND ($11::int IS NULL OR r.position = $11::int) AND ($12::bool OR r.state = 'open')
GROUP BY r.reason, r.category, r.kind, r.field
ORDER BY count(*) DESC, r.reason, r.category, r.kind, r.field
LIMIT $3::int
