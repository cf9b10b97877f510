-- What could not be taken (stage_reject); a place that is recorded already stays as it is, but for a replay that rejects it
-- again: that is noted, and one that had become a row by an earlier replay is open again.
INSERT INTO sync_reject AS t (topic, kafka_partition, kafka_offset, position, account_id, sync_id, category, walk, page, kind,
                              item_id, field, reason, detail, original, at)
SELECT DISTINCT ON (r.topic, r.kafka_partition, r.kafka_offset, r.position)
       r.topic, r.kafka_partition, r.kafka_offset, r.position, a.account_id, r.sync_id, r.category, r.walk, r.page, r.kind,
       r.item_id, r.field, r.reason, r.detail, r.original, r.at
FROM stage_reject r LEFT JOIN account a ON a.name = r.account
ORDER BY r.topic, r.kafka_partition, r.kafka_offset, r.position, r.at
ON CONFLICT (topic, kafka_partition, kafka_offset, position) DO UPDATE SET
	last_sync = excluded.sync_id, replayed_at = NULL, replayed_sync = NULL, kind = excluded.kind, item_id = excluded.item_id,
	field = excluded.field, reason = excluded.reason, detail = excluded.detail
WHERE excluded.sync_id <> t.sync_id AND t.last_sync IS DISTINCT FROM excluded.sync_id
  AND excluded.at > coalesce(t.replayed_at, t.at)
