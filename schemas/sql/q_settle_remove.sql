-- Template: {table} {kind}. Marks the rows of stage_missing removed, for account $1 by sync $2, and tells it. Not those that a
-- person brought back.
WITH told AS (
	INSERT INTO library_change (account_id, kind, id, sync_id, change, label)
	SELECT $1, '{kind}', id, $2, 'removed', label FROM stage_missing WHERE NOT kept
)
UPDATE {table} t SET removed_at = now(), removed_sync = $2 FROM stage_missing m
WHERE t.account_id = $1 AND t.id = m.id AND NOT m.kept
