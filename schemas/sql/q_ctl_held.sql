-- Held removals of an account ($1, its id) in category $2, or NULL for all: those of each category's newest walked sync.
SELECT category, held, sync, walk FROM (
	SELECT DISTINCT ON (c.category) c.category, c.held, c.sync_id AS sync, c.walk
	FROM sync_category c JOIN sync s USING (sync_id)
	WHERE s.account_id = $1::int AND c.state = 'complete' AND NOT c.unchanged AND ($2::text IS NULL OR c.category = $2)
	ORDER BY c.category, c.sync_id DESC
) newest
WHERE held > 0
