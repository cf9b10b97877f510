-- Where a staged reject (of each place the oldest, as q_write_rejects takes them) is of another message than the one recorded
-- there, the topic was made anew: what is recorded makes room. The same message is one of the same page; one of no sync, with
-- the same bytes; or a copy of it that a replay has sent. One that is older than what is recorded moves nothing, nor does the news
-- of a gap, which is no message and says itself (q_gap_aside) whether the topic is another one.
WITH next AS (
	SELECT DISTINCT ON (r.topic, r.kafka_partition, r.kafka_offset, r.position)
	       r.topic, r.kafka_partition, r.kafka_offset, r.sync_id, r.category, r.walk, r.page, r.original, r.at, a.account_id,
	       coalesce(s.mode IN ('replay', 'replay-rejects'), false) AS replayed
	FROM stage_reject r LEFT JOIN account a ON a.name = r.account LEFT JOIN sync s ON s.sync_id = r.sync_id
	WHERE r.reason <> 'kafka_gap'
	ORDER BY r.topic, r.kafka_partition, r.kafka_offset, r.position, r.at
)
UPDATE sync_reject t SET kafka_offset = reject_aside(t.topic, t.kafka_partition, t.kafka_offset)
FROM next n
WHERE t.topic = n.topic AND t.kafka_partition = n.kafka_partition AND t.kafka_offset = n.kafka_offset AND t.at < n.at
  AND NOT (t.account_id IS NOT DISTINCT FROM n.account_id AND (
	n.replayed
	OR (t.sync_id = n.sync_id AND t.category = n.category AND t.walk = n.walk AND t.page = n.page)
	OR (t.sync_id IS NULL AND n.sync_id IS NULL AND t.original = n.original)))
