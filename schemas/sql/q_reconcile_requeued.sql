-- Sync $1 was put back to work. Its cause is cleared: a fetcher that still cannot take it says so again.
UPDATE sync s SET requeued_at = now(), requeues = CASE WHEN sync_advanced(s) THEN 1 ELSE requeues + 1 END, look_again = false,
               cause = CASE WHEN state = 'queued' THEN '' ELSE cause END
WHERE sync_id = $1::uuid AND ended_at IS NULL
