-- The ledger of a sync ($1) as at most $2 cells for each category: the pages of its newest walk, several to a cell where there
-- are more.
WITH walks AS (
	SELECT category, max(walk) AS walk FROM sync_page WHERE sync_id = $1::uuid GROUP BY category
), pages AS (
	SELECT p.category, p.page, p.received, p.rejected, count(*) OVER (PARTITION BY p.category) AS all_pages,
	       (row_number() OVER (PARTITION BY p.category ORDER BY p.page) - 1) AS place
	FROM sync_page p JOIN walks w USING (category, walk)
	WHERE p.sync_id = $1::uuid
)
SELECT category, min(page) AS first, max(page) AS last, count(*) AS pages, sum(received) AS received, sum(rejected) AS rejected,
       max(all_pages) AS all_pages
FROM pages
GROUP BY category, CASE WHEN all_pages <= $2::int THEN place ELSE place * $2::int / all_pages END
ORDER BY array_position(ARRAY['artists', 'albums', 'tracks', 'playlists'], category), min(page)
