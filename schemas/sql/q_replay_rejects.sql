-- Where in topic $3, partition $4, the pages of category $2 of account $1 stand that replay $5 takes: those that have open
-- rejects, and those that it has mended itself before it changed hands. LIMIT_SELECTION_WANTED at most; what stands before $6, where
-- the partition begins, is gone, and comes last.
SELECT kafka_offset FROM reject_state
WHERE account_id = $1::integer AND category = $2 AND topic = $3 AND kafka_partition = $4::integer
  AND (state = 'open' OR replayed_sync = $5::uuid)
GROUP BY kafka_offset ORDER BY kafka_offset < $6::bigint, kafka_offset LIMIT 100000
