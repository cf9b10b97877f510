-- Rules whose time has come, and those whose time was reckoned by a clock that was ahead (misreckoned: it has not come), at most $1;
-- locked, so that a rule is not changed meanwhile.
SELECT s.account_id, a.name AS account, s.rule, s.zone, s.jitter_s, s.mode, s.catch_up,
       (extract(epoch FROM now() - s.next_at) * 1000)::bigint AS late_ms, (extract(epoch FROM now()) * 1000)::bigint AS now_ms,
       s.next_at > now() AS misreckoned,
       EXISTS (SELECT FROM sync u WHERE u.account_id = s.account_id AND u.ended_at IS NULL AND u.requested_by = 'schedule') AS busy
FROM schedule s JOIN account a USING (account_id)
WHERE NOT s.paused AND (s.next_at <= now() OR s.reckoned_at > now() + interval '1 minute')
ORDER BY s.next_at LIMIT $1::int
FOR UPDATE OF s SKIP LOCKED
