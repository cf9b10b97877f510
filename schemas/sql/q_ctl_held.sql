-- Held removals of an account ($1, its id): the newest settled sync of each category ($2, or NULL for all) that holds any.
SELECT DISTINCT ON (c.category) c.category, c.held, c.sync_id AS sync, c.walk
FROM sync_category c JOIN sync s USING (sync_id)
WHERE s.account_id = $1::int AND c.ended_at IS NOT NULL AND NOT c.unchanged AND c.state = 'complete'
AND ($2::text IS NULL OR c.category = $2)
ORDER BY c.category, c.sync_id DESC
