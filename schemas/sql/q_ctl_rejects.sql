-- What could not be taken, newest first: of a sync ($1), else of an account ($2), else of all; of a reason ($4), category ($5),
-- kind ($6), item ($7) and place ($8 topic, $9 partition, $10 offset, $11 position), each NULL for any; $12: also those that
-- are not open any more. $3: how many.
SELECT to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at,
       (extract(epoch FROM now() - r.at) * 1000)::bigint AS age_ms, a.name AS account, r.sync_id AS sync, r.category,
       r.walk, r.page, r.position, r.kind, r.item_id AS item, r.field, r.reason, r.detail AS text, r.topic,
       r.kafka_partition AS partition, r.kafka_offset AS "offset", r.state,
       to_char(r.replayed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS replayed_at, r.replayed_sync, r.last_sync,
       r.original, translate(encode(r.original, 'base64'), E'\n', '') AS base64
FROM reject_state r LEFT JOIN account a USING (account_id)
WHERE ($1::uuid IS NULL OR r.sync_id = $1::uuid OR r.last_sync = $1::uuid) AND ($2::int IS NULL OR r.account_id = $2::int)
  AND ($4::text IS NULL OR r.reason = $4) AND ($5::text IS NULL OR r.category = $5) AND ($6::text IS NULL OR r.kind = $6)
  AND ($7::text IS NULL OR r.item_id = $7) AND ($8::text IS NULL OR r.topic = $8)
  AND ($9::int IS NULL OR r.kafka_partition = $9::int) AND ($10::bigint IS NULL OR r.kafka_offset = $10::bigint)
  AND ($11::int IS NULL OR r.position = $11::int) AND ($12::bool OR r.state = 'open')
ORDER BY r.at DESC, r.topic, r.kafka_partition, r.kafka_offset, r.position
LIMIT $3::int
