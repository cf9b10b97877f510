-- Ids of what the tsquery $1 finds, in the order of their names; of very many only the first $2 found.
SELECT id FROM shelf_find($1::tsquery, $2::integer) ORDER BY letter, sort_key, id
