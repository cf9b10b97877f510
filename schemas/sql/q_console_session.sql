-- The user of a session ($1), which lives for 30 days since it was last seen; that is written once an hour at most.
WITH seen AS (
	UPDATE console_session SET seen_at = now() WHERE digest = $1 AND seen_at < now() - interval '1 hour'
	AND seen_at > now() - interval '30 days'
)
SELECT u.name, u.scope FROM console_session s JOIN console_user u USING (name)
WHERE s.digest = $1 AND s.seen_at > now() - interval '30 days'
