-- Switches webhook $1 off, for a cause ($2), and gives up what waits for it.
WITH off AS (
	UPDATE webhook SET off_at = now(), off_cause = $2 WHERE webhook_id = $1::int AND off_at IS NULL
)
UPDATE webhook_delivery SET next_at = NULL, error = CASE WHEN error = '' THEN $2 ELSE error END
WHERE webhook_id = $1::int AND next_at IS NOT NULL
