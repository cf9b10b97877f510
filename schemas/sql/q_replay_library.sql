-- What a replay must know of category $2 of account $1: up to which epoch everything is applied, and the newest complete walk
-- with its ledger. Pages of epochs up to `born` are of another account that had its name.
SELECT l.epoch, (extract(epoch FROM a.created_at) * 1000)::bigint AS born, coalesce(l.complete_sync::text, '') AS sync, coalesce(l.complete_walk, 0) AS walk, w.pages,
       w.epoch AS walk_epoch, to_char(l.complete_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS complete_at
FROM library l JOIN account a USING (account_id)
CROSS JOIN LATERAL (
	SELECT count(*) AS pages, coalesce(max(p.epoch), 0) AS epoch FROM sync_page p
	WHERE p.sync_id = l.complete_sync AND p.category = l.category AND p.walk = l.complete_walk
) w
WHERE l.account_id = $1::integer AND l.category = $2
