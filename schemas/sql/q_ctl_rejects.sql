-- What could not be taken, newest first: of a sync ($1), else of an account ($2), else of all. $3: how many.
SELECT to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at,
       (extract(epoch FROM now() - r.at) * 1000)::bigint AS age_ms, a.name AS account, r.sync_id AS sync, r.category,
       r.walk, r.page, r.position, r.kind, r.item_id AS item, r.field, r.reason, r.detail AS text, r.topic,
       r.kafka_partition AS partition, r.kafka_offset AS "offset", r.original,
       translate(encode(r.original, 'base64'), E'\n', '') AS base64
FROM sync_reject r LEFT JOIN account a USING (account_id)
WHERE ($1::uuid IS NULL OR r.sync_id = $1::uuid) AND ($2::int IS NULL OR r.account_id = $2::int)
ORDER BY r.at DESC, r.topic, r.kafka_partition, r.kafka_offset, r.position
LIMIT $3::int
