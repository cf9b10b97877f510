-- The ledger of category $2 of account $1 is kept for the last complete walk and the one before it, and for syncs that
-- are not over: their cursors are in it.
DELETE FROM sync_page p USING sync s, library l
WHERE l.account_id = $1::integer AND l.category = $2 AND s.account_id = l.account_id AND s.ended_at IS NOT NULL
  AND p.sync_id = s.sync_id AND p.category = l.category
  AND s.sync_id IS DISTINCT FROM l.complete_sync AND s.sync_id IS DISTINCT FROM l.previous_sync
