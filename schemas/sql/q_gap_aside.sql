-- Topic $1 was deleted and made anew, as was noticed at $3 (ms since 1970) for partition $2: its rejects from before are aside.
UPDATE sync_reject SET kafka_offset = reject_aside(topic, kafka_partition, kafka_offset)
WHERE topic = $1 AND kafka_partition = $2::integer AND kafka_offset >= 0 AND at < to_timestamp($3::bigint / 1000.0)
