-- The letters under which something of kind $2 of account $1 stands (removed, $3), in order: one look into the index each.
WITH RECURSIVE l AS (
	(SELECT letter, 1 AS n FROM shelf WHERE account_id = $1::integer AND kind = $2 AND removed = $3::boolean ORDER BY letter LIMIT 1)
	UNION ALL
	SELECT (SELECT letter FROM shelf WHERE account_id = $1::integer AND kind = $2 AND removed = $3::boolean
	        AND letter > l.letter ORDER BY letter LIMIT 1), n + 1
	FROM l WHERE l.letter IS NOT NULL AND n < 200
)
SELECT letter FROM l WHERE letter IS NOT NULL ORDER BY letter
