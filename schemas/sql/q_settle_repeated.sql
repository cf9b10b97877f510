-- How many items walk $4 of sync $3 has listed more than once in category $2 of account $1. A page counts for itself, also one
-- that lists the same as another.
SELECT count(*) - count(DISTINCT hash) AS repeated FROM (
	SELECT unnest(l.ids) AS hash
	FROM sync_page p CROSS JOIN LATERAL unnest(p.lists) AS listed (digest)
	JOIN page_list l ON l.account_id = $1::integer AND l.category = $2 AND l.digest = listed.digest
	WHERE p.sync_id = $3::uuid AND p.category = $2 AND p.walk = $4::integer
) seen
