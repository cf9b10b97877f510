-- What could not be taken: of each place in stage_reject the oldest, which is gone from there then. A place that is recorded
-- already stays as it is, but for a replay that rejects it again: that is noted, and one that had become a row by an earlier
-- replay is open again. Returns how many are left in stage_reject.
WITH oldest AS (
	SELECT DISTINCT ON (topic, kafka_partition, kafka_offset, position) ctid AS place FROM stage_reject
	ORDER BY topic, kafka_partition, kafka_offset, position, at
), taken AS (
	DELETE FROM stage_reject r USING oldest o WHERE r.ctid = o.place RETURNING r.*
), written AS (
	INSERT INTO sync_reject AS t (topic, kafka_partition, kafka_offset, position, account_id, sync_id, category, walk, page, kind,
	                              item_id, field, reason, detail, original, at)
	SELECT r.topic, r.kafka_partition, r.kafka_offset, r.position, a.account_id, r.sync_id, r.category, r.walk, r.page, r.kind,
	       r.item_id, r.field, r.reason, r.detail, r.original, r.at
	FROM taken r LEFT JOIN account a ON a.name = r.account
	ON CONFLICT (topic, kafka_partition, kafka_offset, position) DO UPDATE SET
		last_sync = excluded.sync_id, replayed_at = NULL, replayed_sync = NULL, kind = excluded.kind,
		item_id = excluded.item_id, field = excluded.field, reason = excluded.reason, detail = excluded.detail
	WHERE excluded.account_id = t.account_id AND excluded.sync_id <> t.sync_id
	  AND t.last_sync IS DISTINCT FROM excluded.sync_id AND excluded.at > coalesce(t.replayed_at, t.at)
)
SELECT (SELECT count(*) FROM stage_reject) - (SELECT count(*) FROM taken) AS "left"
