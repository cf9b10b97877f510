-- Rejects older than $3 hours, for so long Kafka keeps their messages and one may come again: those of category $2 of account $1 that
-- are not open any more, and those that no walk can close, of no category or of no account. At most $4 of each. Never waits: one
-- that another writer has in hand is left for the next time.
WITH closed AS (
	SELECT topic, kafka_partition, kafka_offset, position FROM reject_state
	WHERE account_id = $1::integer AND category = $2 AND at < now() - make_interval(hours => $3::integer) AND state <> 'open'
	LIMIT $4::bigint FOR UPDATE SKIP LOCKED
), of_no_category AS (
	SELECT topic, kafka_partition, kafka_offset, position FROM sync_reject
	WHERE account_id = $1::integer AND category = '' AND at < now() - make_interval(hours => $3::integer)
	LIMIT $4::bigint FOR UPDATE SKIP LOCKED
), of_nobody AS (
	SELECT topic, kafka_partition, kafka_offset, position FROM sync_reject
	WHERE account_id IS NULL AND at < now() - make_interval(hours => $3::integer)
	LIMIT $4::bigint FOR UPDATE SKIP LOCKED
)
DELETE FROM sync_reject r USING (TABLE closed UNION ALL TABLE of_no_category UNION ALL TABLE of_nobody) old
WHERE r.topic = old.topic AND r.kafka_partition = old.kafka_partition AND r.kafka_offset = old.kafka_offset
  AND r.position = old.position
