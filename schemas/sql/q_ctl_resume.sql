-- Lets syncs of account $1 begin and go on. The reconciler's waits are forgotten, so that it comes to them at once.
WITH waiting AS (
	UPDATE sync SET requeued_at = NULL, requeues = 0 WHERE account_id = $1::integer AND ended_at IS NULL
	RETURNING state
), before AS (
	SELECT coalesce(paused_until > now(), false) AS paused FROM account WHERE account_id = $1::integer
), resumed AS (
	UPDATE account SET paused_until = NULL WHERE account_id = $1::integer
)
SELECT paused, (SELECT count(*) FROM waiting) AS waiting FROM before
