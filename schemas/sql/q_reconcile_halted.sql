-- Syncs that nobody may work on, at most $1: cancelled ones that have not ended yet, and those of paused accounts that have
-- begun.
SELECT s.sync_id AS sync, a.name AS account, s.state = 'cancelling' AS cancelled
FROM sync s JOIN account a USING (account_id)
WHERE s.ended_at IS NULL AND (s.state = 'cancelling' OR (a.paused_until > now() AND s.epoch > 0))
ORDER BY s.state = 'cancelling' DESC, s.sync_id LIMIT $1::integer
