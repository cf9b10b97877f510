-- What walks of category $2 of account $1 have seen that did not come to their end still speaks against its removal, until the next
-- complete walk. For those of syncs that are over one ledger holds it: the newest keeps its pages; those of the others go, and what
-- only they have listed stands at its last page, so that it is seen no earlier than before. Not of syncs that were cancelled: a
-- replay asks up to where their pages were stored. What was seen before the newest complete walk may stand behind it so: it is kept
-- for one walk more then, and never less. Returns how many pages went. Lists are looked up by key, each of them: in the session of a
-- writer a join would read all of the account's for each.
WITH unfinished AS (
	SELECT s.sync_id FROM sync s CROSS JOIN LATERAL (
		SELECT FROM sync_page x WHERE x.sync_id = s.sync_id AND x.category = $2 LIMIT 1
	) there
	WHERE s.account_id = $1::integer AND s.ended_at IS NOT NULL AND s.state <> 'cancelled'
	  AND NOT EXISTS (SELECT FROM library l WHERE l.account_id = $1::integer AND l.category = $2
	                    AND s.sync_id IN (l.complete_sync, l.previous_sync))
), newest AS MATERIALIZED (
	SELECT p.sync_id, p.walk, p.page FROM unfinished u JOIN sync_page p ON p.sync_id = u.sync_id AND p.category = $2
	ORDER BY p.epoch DESC, p.walk DESC, p.page DESC LIMIT 1
), gone AS (
	DELETE FROM sync_page p USING newest n
	WHERE p.category = $2 AND p.sync_id IN (SELECT sync_id FROM unfinished) AND p.sync_id <> n.sync_id
	RETURNING p.lists
), only_they AS (
	SELECT array_agg(hash ORDER BY hash) AS ids FROM (
		SELECT unnest(l.ids) AS hash FROM (SELECT DISTINCT unnest(lists) AS digest FROM gone) d CROSS JOIN LATERAL (
			SELECT l.ids FROM page_list l
			WHERE l.account_id = $1::integer AND l.category = $2 AND l.digest = d.digest OFFSET 0) l
		EXCEPT
		SELECT unnest(l.ids) FROM (
			SELECT DISTINCT unnest(p.lists) AS digest FROM newest n JOIN sync_page p ON p.sync_id = n.sync_id AND p.category = $2
		) d CROSS JOIN LATERAL (
			SELECT l.ids FROM page_list l
			WHERE l.account_id = $1::integer AND l.category = $2 AND l.digest = d.digest OFFSET 0) l
	) seen
), kept AS (
	INSERT INTO page_list (account_id, category, digest, ids)
	SELECT $1::integer, $2, sha256(array_send(ids)), ids FROM only_they WHERE ids IS NOT NULL
	ON CONFLICT DO NOTHING
), stands AS (
	UPDATE sync_page p SET lists = p.lists || sha256(array_send(o.ids)) FROM newest n, only_they o
	WHERE o.ids IS NOT NULL AND p.sync_id = n.sync_id AND p.category = $2 AND p.walk = n.walk AND p.page = n.page
)
SELECT count(*) AS gone FROM gone
