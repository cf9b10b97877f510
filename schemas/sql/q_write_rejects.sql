-- What could not be taken (stage_reject); a place that is recorded already stays as it is.
INSERT INTO sync_reject (topic, kafka_partition, kafka_offset, position, account_id, sync_id, category, walk, page, kind,
                         item_id, field, reason, detail, original, at)
SELECT r.topic, r.kafka_partition, r.kafka_offset, r.position, a.account_id, r.sync_id, r.category, r.walk, r.page, r.kind,
       r.item_id, r.field, r.reason, r.detail, r.original, r.at
FROM stage_reject r LEFT JOIN account a ON a.name = r.account
ON CONFLICT DO NOTHING
