-- Rejects of messages that are gone because their topic was deleted and made anew: their places begin again, so these rows give
-- theirs up. An offset below zero is nobody's; a message keeps one for all its positions.

CREATE FUNCTION reject_aside(topic text, kafka_partition integer, kafka_offset bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT least(0, min(r.kafka_offset)) - 1 - $3 FROM sync_reject r WHERE r.topic = $1 AND r.kafka_partition = $2
$$;
