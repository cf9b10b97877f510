-- Lists of category $2 of account $1 that no page of the ledger refers to any more.
DELETE FROM page_list l WHERE l.account_id = $1::integer AND l.category = $2
  AND NOT EXISTS (
	SELECT FROM (
		SELECT unnest(p.lists) AS digest FROM sync s CROSS JOIN LATERAL (
			SELECT p.lists FROM sync_page p WHERE p.sync_id = s.sync_id AND p.category = $2 OFFSET 0
		) p WHERE s.account_id = $1::integer
	) used WHERE used.digest = l.digest)
