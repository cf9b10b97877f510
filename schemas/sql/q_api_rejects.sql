-- Rejects in the order of their places: of a sync ($1) and an account ($2), both NULL: of all; behind a place ($3), $4 of them.
SELECT concat_ws('/', topic, kafka_partition, kafka_offset, position) AS id, a.name AS account, r.sync_id AS sync, r.category,
       r.walk, r.page, r.position, r.kind, r.item_id AS item, r.field, r.reason, r.detail AS text, r.topic,
       r.kafka_partition AS partition, r.kafka_offset AS "offset", translate(encode(r.original, 'base64'), E'\n', '') AS original,
       r.at
FROM sync_reject r LEFT JOIN account a USING (account_id)
WHERE ($1::uuid IS NULL OR r.sync_id = $1::uuid) AND ($2::text IS NULL OR a.name = $2)
AND ($3::text IS NULL OR (r.topic, r.kafka_partition, r.kafka_offset, r.position) >
     (split_part($3, '/', 1), split_part($3, '/', 2)::int, split_part($3, '/', 3)::bigint, split_part($3, '/', 4)::int))
ORDER BY r.topic, r.kafka_partition, r.kafka_offset, r.position LIMIT $4::int
