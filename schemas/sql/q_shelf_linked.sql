-- Items of kind $2 of account $1 that belong to what the tsquery $3 names, in order: albums by date and name, tracks by name,
-- or as they stand on the record ($6); $5 from the $4th on. Of very many only the first $7 found are put in order.
SELECT i.* FROM shelf_find($3::tsquery, $7::integer) s
CROSS JOIN LATERAL (SELECT * FROM library_item WHERE account_id = $1::integer AND kind = $2 AND id = s.id) i
ORDER BY CASE WHEN $2 = 'album' THEN i.release_date END, CASE WHEN $6::boolean THEN i.disc END,
         CASE WHEN $6::boolean THEN i.number END, s.sort_key, s.id
OFFSET $4::integer LIMIT $5::integer
