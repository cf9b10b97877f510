-- Items of kind $2 of account $1: first, in order, those whose sort key begins with $3 (under letter $4; "" asks for none), then
-- if those are too few, others that have the words of $5; $6 at most. Of common words not the first in the order, but some.
WITH begins AS (
	SELECT id, sort_key, 0 AS rank FROM shelf
	WHERE account_id = $1::integer AND kind = $2 AND NOT removed AND letter = $4 AND $3 <> ''
	  AND sort_key >= $3 AND sort_key < $3 || chr(1114111)
	ORDER BY sort_key, id LIMIT $6::integer
), has AS (
	SELECT id, sort_key, 1 AS rank FROM shelf_find($5::tsquery, 4 * $6::integer)
	WHERE (SELECT count(*) FROM begins) < $6::integer
), best AS (
	SELECT id, min(rank) AS rank, min(sort_key) AS sort_key FROM (SELECT * FROM begins UNION ALL SELECT * FROM has) q
	GROUP BY id ORDER BY 2, 3, 1 LIMIT $6::integer
)
SELECT i.* FROM best b
CROSS JOIN LATERAL (SELECT * FROM library_item WHERE account_id = $1::integer AND kind = $2 AND id = b.id) i
ORDER BY b.rank, b.sort_key, b.id
