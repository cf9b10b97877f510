-- The newest walk of sync $1, category $2, and what it has stored.
SELECT coalesce(max(walk), 0) AS walk, coalesce(sum(stored), 0) AS stored FROM sync_page
WHERE sync_id = $1::uuid AND category = $2
