-- Replay $1 has parsed the page at $2 topic, $3 partition, $4 offset of account $6 again: its rejects are mended, but for
-- positions $5. A page of which nothing could be read had no account. A gap (-2) is none of a page.
UPDATE sync_reject SET replayed_at = now(), replayed_sync = $1::uuid
WHERE topic = $2 AND kafka_partition = $3::integer AND kafka_offset = $4::bigint AND replayed_at IS NULL
  AND position >= -1 AND position <> ALL ($5::integer[]) AND coalesce(account_id = $6::integer, true)
