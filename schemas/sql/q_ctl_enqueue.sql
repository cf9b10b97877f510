-- A new sync: $1 its id, $2 account, $3 mode, $4 categories, $5 who asks, $6 priority, $7 ms since 1970 before which it does
-- not begin, or NULL. What is told is how it starts: queued, for the fetchers; or it waits as this row.
INSERT INTO sync AS s (sync_id, account_id, mode, categories, requested_by, priority, not_before, cause, next_step)
SELECT $1::uuid, a.account_id, $3, $4, $5, $6, w.not_before,
       CASE WHEN w.not_before > now() THEN 'waits for its time' WHEN w.paused THEN 'its account is paused' ELSE '' END,
       CASE WHEN w.paused AND coalesce(w.not_before <= now(), true) THEN 'syncline resume ' || a.name ELSE '' END
FROM account a
CROSS JOIN LATERAL (
	SELECT to_timestamp($7::bigint / 1000.0) AS not_before, coalesce(a.paused_until > now(), false) AS paused
) w
WHERE a.account_id = $2::integer
RETURNING shown_state(s) AS state
