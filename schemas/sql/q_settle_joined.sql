-- Syncs that joined sync $1 and wait for its end (their next step is to watch it): told how it ended, once. Nothing while it goes
-- on. Its row is locked by q_settle_sync_lock, so that one that joins at this moment is told by one of the two.
UPDATE sync j SET
	cause = 'sync ' || s.sync_id || ', which it joined, ended ' || s.state || CASE s.cause WHEN '' THEN '' ELSE ': ' || s.cause END,
	next_step = s.next_step
FROM sync s
WHERE s.sync_id = $1::uuid AND s.ended_at IS NOT NULL AND j.joined_into = s.sync_id AND j.state = 'joined'
  AND j.next_step LIKE 'syncline watch %'
RETURNING j.sync_id AS sync, s.state, j.cause, j.next_step
