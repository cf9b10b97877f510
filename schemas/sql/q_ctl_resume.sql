-- Lets syncs of account $1 begin and go on. The reconciler's waits are forgotten, so that it comes to them at once. The account is
-- locked first, as by those who cancel (q_cancel_lock): they would wait for each other's syncs otherwise.
WITH before AS (
	SELECT account_id, coalesce(paused_until > now(), false) AS paused FROM account WHERE account_id = $1::integer FOR NO KEY UPDATE
), waiting AS (
	UPDATE sync s SET requeued_at = NULL, requeues = 0 FROM before b WHERE s.account_id = b.account_id AND s.ended_at IS NULL
	RETURNING s.state
), resumed AS (
	UPDATE account a SET paused_until = NULL FROM before b WHERE a.account_id = b.account_id
)
SELECT paused, (SELECT count(*) FROM waiting) AS waiting FROM before
