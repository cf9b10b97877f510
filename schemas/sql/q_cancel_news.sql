-- What is to be told of the cancelled sync $1: to itself, and, once, to those that joined it (as q_settle_joined tells other ends).
WITH joined AS (
	UPDATE sync j SET
		cause = 'sync ' || s.sync_id || ', which it joined, ended cancelled' || CASE s.cause WHEN '' THEN '' ELSE ': ' || s.cause END,
		next_step = s.next_step
	FROM sync s
	WHERE s.sync_id = $1::uuid AND j.joined_into = s.sync_id AND j.state = 'joined' AND j.next_step LIKE 'syncline watch %'
	RETURNING j.sync_id, j.account_id, j.cause, j.next_step
), told AS (
	SELECT s.sync_id, s.account_id, s.next_step, s.cause || '; ' || (
		SELECT coalesce(sum(c.stored), 0) FROM sync_category c WHERE c.sync_id = s.sync_id
	) || ' items that had arrived are kept' AS text
	FROM sync s WHERE s.sync_id = $1::uuid
	UNION ALL
	SELECT sync_id, account_id, next_step, cause FROM joined
)
SELECT t.sync_id AS sync, a.name AS account, t.text, t.next_step
FROM told t JOIN account a USING (account_id) ORDER BY t.sync_id <> $1::uuid, t.sync_id
