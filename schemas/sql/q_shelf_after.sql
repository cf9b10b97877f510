-- Items of kind $2 of account $1 (removed ones or others, $3) in the shelf's order: behind item $5 if that is given, else from
-- letter $4 on; $6 at most.
WITH place AS (
	SELECT letter, sort_key, id FROM shelf WHERE account_id = $1::integer AND kind = $2 AND id = $5
	UNION ALL
	SELECT $4, '', '' WHERE $5::text IS NULL
)
SELECT i.*, s.letter
FROM place p
CROSS JOIN LATERAL (
	SELECT id, letter, sort_key FROM shelf
	WHERE account_id = $1::integer AND kind = $2 AND removed = $3::boolean
	  AND (letter, sort_key, id) > (p.letter, p.sort_key, p.id)
	ORDER BY letter, sort_key, id LIMIT $6::integer
) s
CROSS JOIN LATERAL (SELECT * FROM library_item WHERE account_id = $1::integer AND kind = $2 AND id = s.id) i
ORDER BY s.letter, s.sort_key, s.id
