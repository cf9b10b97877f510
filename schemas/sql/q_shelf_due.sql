-- The category whose library went on since the shelf's last pass over it began, longest ago first. While a sync of its account
-- runs, passes take a twentieth of the time at most; when it has ended, the last one comes at once.
SELECT l.account_id, a.name AS account, l.category, now.seen, clock_timestamp() AS began_at
FROM library l
JOIN account a USING (account_id)
CROSS JOIN LATERAL (SELECT concat_ws(' ', l.epoch, l.walk, l.page, l.part, l.items) AS seen) now
LEFT JOIN shelf_state s USING (account_id, category)
WHERE s.seen IS DISTINCT FROM now.seen
  AND (s.read_at IS NULL
       OR s.read_at + greatest(interval '10 seconds', s.took_ms * interval '20 milliseconds') < clock_timestamp()
       OR NOT EXISTS (SELECT FROM sync y WHERE y.account_id = l.account_id AND y.ended_at IS NULL))
ORDER BY s.read_at NULLS FIRST, l.account_id, l.category
LIMIT 1
