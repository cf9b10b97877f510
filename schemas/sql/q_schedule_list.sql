-- Rules with their next and last run, of an account ($1) or, if it is NULL, of all.
SELECT a.name AS account, s.rule, s.zone, s.jitter_s, s.mode, s.catch_up, s.paused,
       CASE WHEN NOT s.paused THEN s.next_at END AS next_at,
       CASE WHEN NOT s.paused THEN (extract(epoch FROM s.next_at - now()) * 1000)::bigint END AS next_ms, s.last_at, s.last_sync
FROM schedule s JOIN account a USING (account_id)
WHERE $1::int IS NULL OR s.account_id = $1::int
ORDER BY a.name
