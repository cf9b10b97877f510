-- Of the $4 items of kind $2 of account $1 behind id $3: those that the shelf does not have as they are. Every row also tells
-- where the window ends; without a difference there is one row, whose id is NULL. Texts are cut: words beyond find nothing.
-- NOT IN is one reading of the shelf and a hash of it, whatever the planner believes: of a new library it has no statistics, and
-- would look each item up in an index that is in another order. Both have each id once, but for what was removed from one of them.
WITH item AS MATERIALIZED (
	SELECT * FROM library_item WHERE account_id = $1::integer AND kind = $2 AND id > $3 ORDER BY id LIMIT $4::integer
), differs AS (
	SELECT * FROM item WHERE (id, content_hash, removed_at IS NOT NULL) NOT IN (
		SELECT id, content_hash, removed FROM shelf
		WHERE account_id = $1::integer AND kind = $2 AND id > $3 AND id <= (SELECT max(id) FROM item)
		ORDER BY id LIMIT 2 * $4::integer
	)
)
SELECT e.last, e.count, d.id, left(d.name, 500) AS name, left(d.sort_name, 500) AS sort_name,
       left(concat_ws(' ', d.artist_name, array_to_string(d.artist_names[1:20], ' '), d.album_title), 2000) AS others,
       d.album_id, d.starred_at, array_to_json(coalesce(d.artist_ids[1:50], ARRAY[d.artist_id])) AS artist_ids,
       d.removed_at IS NOT NULL AS removed, d.content_hash
FROM (SELECT max(id) AS last, count(*) FROM item) e
LEFT JOIN differs d ON true
