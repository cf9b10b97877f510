-- judged_at: when the walk that holds them was judged. What a person has brought back since then is not among what is held.
CREATE OR REPLACE VIEW library_held AS
SELECT l.account_id, l.category, l.complete_sync AS sync_id, c.held,
       CASE WHEN c.held_since > 0 THEN c.held_since ELSE (
	SELECT min(p.epoch) FROM sync_page p
	WHERE p.sync_id = l.complete_sync AND p.category = l.category AND p.walk = l.complete_walk
       ) END AS since,
       CASE WHEN c.held_since = 0 THEN l.complete_walk END AS walk, c.ended_at AS judged_at
FROM library l
JOIN sync_category c ON c.sync_id = l.complete_sync AND c.category = l.category
WHERE c.held > 0;
