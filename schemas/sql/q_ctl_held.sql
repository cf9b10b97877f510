-- Held removals of an account ($1, its id) in category $2, or NULL for all: those of each category's newest walked sync (sync).
-- since: no walk of that epoch or a later one has seen them.
SELECT category, held, sync_id AS sync, CASE WHEN held_since > 0 THEN held_since ELSE (
	SELECT min(p.epoch) FROM sync_page p WHERE p.sync_id = newest.sync_id AND p.category = newest.category AND p.walk = newest.walk
) END AS since
FROM (
	SELECT DISTINCT ON (c.category) c.category, c.held, c.held_since, c.sync_id, c.walk
	FROM sync_category c JOIN sync s USING (sync_id)
	WHERE s.account_id = $1::int AND c.state = 'complete' AND NOT c.unchanged AND ($2::text IS NULL OR c.category = $2)
	ORDER BY c.category, c.sync_id DESC
) newest
WHERE held > 0
