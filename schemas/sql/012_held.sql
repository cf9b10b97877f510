-- Removals that wait for `syncline confirm`: those of the newest complete walk of each category. A replay, or a sync that left
-- the list unread, changes nothing of them. since: no walk of that epoch or a later one has seen them.
CREATE VIEW library_held AS
SELECT l.account_id, l.category, l.complete_sync AS sync_id, c.held,
       CASE WHEN c.held_since > 0 THEN c.held_since ELSE (
	SELECT min(p.epoch) FROM sync_page p
	WHERE p.sync_id = l.complete_sync AND p.category = l.category AND p.walk = l.complete_walk
       ) END AS since
FROM library l
JOIN sync_category c ON c.sync_id = l.complete_sync AND c.category = l.category
WHERE c.held > 0;
