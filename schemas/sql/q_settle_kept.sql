-- Walk $4 of sync $3 has read all of category $2 of account $1: what a person brought back and it lists is like any other
-- item again. The inner EXISTS spares looking at a whole library for nothing.
DELETE FROM library_kept k
WHERE k.account_id = $1::integer AND k.kind = rtrim($2, 's') AND hashtextextended(k.id, 0) IN (
	SELECT unnest(l.ids) FROM page_list l
	WHERE EXISTS (SELECT FROM library_kept WHERE account_id = $1::integer AND kind = rtrim($2, 's'))
	  AND l.account_id = $1::integer AND l.category = $2 AND l.digest IN (
		SELECT unnest(p.lists) FROM sync_page p WHERE p.sync_id = $3::uuid AND p.category = $2 AND p.walk = $4::integer))
