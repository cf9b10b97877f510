-- As q_shelf_after, before item $5 ($4 is not used); in the shelf's order, too.
WITH place AS (
	SELECT letter, sort_key, id FROM shelf WHERE account_id = $1::integer AND kind = $2 AND id = $5 AND $4::text IS NOT NULL
)
SELECT i.*, s.letter
FROM place p
CROSS JOIN LATERAL (
	SELECT id, letter, sort_key FROM shelf
	WHERE account_id = $1::integer AND kind = $2 AND removed = $3::boolean
	  AND (letter, sort_key, id) < (p.letter, p.sort_key, p.id)
	ORDER BY letter DESC, sort_key DESC, id DESC LIMIT $6::integer
) s
CROSS JOIN LATERAL (SELECT * FROM library_item WHERE account_id = $1::integer AND kind = $2 AND id = s.id) i
ORDER BY s.letter, s.sort_key, s.id
