-- walk: that of sync_id which alone counts, where one walk is proof; NULL: all since that epoch do. What is shown as held, and what is
-- removed when a person confirms it, are found by the same pages.
CREATE OR REPLACE VIEW library_held AS
SELECT l.account_id, l.category, l.complete_sync AS sync_id, c.held,
       CASE WHEN c.held_since > 0 THEN c.held_since ELSE (
	SELECT min(p.epoch) FROM sync_page p
	WHERE p.sync_id = l.complete_sync AND p.category = l.category AND p.walk = l.complete_walk
       ) END AS since,
       CASE WHEN c.held_since = 0 THEN l.complete_walk END AS walk
FROM library l
JOIN sync_category c ON c.sync_id = l.complete_sync AND c.category = l.category
WHERE c.held > 0;
