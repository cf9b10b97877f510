-- Lets syncs of account $1 begin and go on. The reconciler's waits are forgotten, so that it comes to them at once. Syncs are
-- locked in the order of their ids, as wherever there may be several.
WITH open AS (
	SELECT sync_id FROM sync WHERE account_id = $1::integer AND ended_at IS NULL ORDER BY sync_id FOR UPDATE
), waiting AS (
	UPDATE sync s SET requeued_at = NULL, requeues = 0 FROM open o WHERE s.sync_id = o.sync_id RETURNING s.state
), before AS (
	SELECT coalesce(paused_until > now(), false) AS paused FROM account WHERE account_id = $1::integer
), resumed AS (
	UPDATE account SET paused_until = NULL WHERE account_id = $1::integer
)
SELECT paused, (SELECT count(*) FROM waiting) AS waiting FROM before
