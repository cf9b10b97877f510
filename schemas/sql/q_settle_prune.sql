-- The ledger of category $2 of account $1 is kept for the last complete walk and the one before it, and for syncs that
-- are not over: their cursors are in it. By the syncs of the account that have any, never by those of all accounts.
DELETE FROM sync_page p USING library l
WHERE l.account_id = $1::integer AND l.category = $2 AND p.category = l.category
  AND p.sync_id IS DISTINCT FROM l.complete_sync AND p.sync_id IS DISTINCT FROM l.previous_sync
  AND p.sync_id IN (
	SELECT s.sync_id FROM sync s CROSS JOIN LATERAL (
		SELECT FROM sync_page x WHERE x.sync_id = s.sync_id AND x.category = $2 LIMIT 1
	) there WHERE s.account_id = $1::integer AND s.ended_at IS NOT NULL)
