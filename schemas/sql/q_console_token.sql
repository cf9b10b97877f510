-- The API token of a digest ($1). Its last use is written once a minute at most: reading must not cost a write each.
WITH used AS (
	UPDATE console_token SET used_at = now()
	WHERE digest = $1 AND (used_at IS NULL OR used_at < now() - interval '1 minute')
)
SELECT name, scope FROM console_token WHERE digest = $1
