-- Active items of an account ($1, its id) in category $2 that the next complete sync may find gone, at most $7 of each kind of
-- reason. $3: they were seen by no walk of that epoch or a later one; $4: those held the same, or 0. $5: NULL, or what the
-- provider lists now, a JSON array of ids: then an item must not be in it; $6: missing there is proof alone. why:
--   kept     a person brought it back, so it is held until confirmed
--   held     it is held already
--   waiting  a first walk has missed it (with $5: or the provider does not list it now), and a second one must
--   missed   both have, so it goes
-- Of a walk that holds by itself only its own pages tell what is held (library_held: walk), and those always do.
WITH pages AS (
	SELECT p.epoch, unnest(p.lists) AS digest,
	       CASE WHEN s.sync_id = l.complete_sync AND p.walk = l.complete_walk THEN greatest(p.epoch, $4::bigint)
	            WHEN h.walk IS NULL OR h.walk = p.walk THEN p.epoch END AS saves
	FROM library l, sync s CROSS JOIN LATERAL (
		SELECT p.epoch, p.walk, p.lists FROM sync_page p
		WHERE p.sync_id = s.sync_id AND p.category = $2 AND p.epoch >= least($3::bigint, nullif($4::bigint, 0)) OFFSET 0
	) p LEFT JOIN library_held h ON h.account_id = s.account_id AND h.category = $2 AND h.sync_id = s.sync_id
	WHERE s.account_id = $1::int AND l.account_id = $1::int AND l.category = $2
), seen AS MATERIALIZED (
	SELECT hash, max(epoch) AS epoch, max(saves) AS saved FROM (
		SELECT p.epoch, p.saves, unnest(l.ids) AS hash FROM pages p
		JOIN page_list l ON l.account_id = $1::int AND l.category = $2 AND l.digest = p.digest
	) listed GROUP BY hash
), asked AS MATERIALIZED (
	SELECT DISTINCT json_array_elements_text($5::json) AS id
), here AS (
	SELECT id, label FROM library_item WHERE account_id = $1::int AND category = $2 AND removed_at IS NULL
), judged AS (
	SELECT h.id, h.label, k.id IS NOT NULL AS kept, a.id IS NOT NULL AS listed,
	       $3::bigint > 0 AND coalesce(s.epoch, 0) < $3::bigint AS missed_once,
	       $4::bigint > 0 AND coalesce(s.saved, 0) < $4::bigint AS held
	FROM here h
	LEFT JOIN seen s ON s.hash = hashtextextended(h.id, 0)
	LEFT JOIN asked a ON a.id = h.id
	LEFT JOIN library_kept k ON k.account_id = $1::int AND k.kind = rtrim($2, 's') AND k.id = h.id
), reasons AS (
	SELECT id, label, CASE WHEN kept THEN 'kept' WHEN held THEN 'held'
	                       WHEN $5::text IS NOT NULL AND (missed_once OR $6::boolean) THEN 'missed' ELSE 'waiting' END AS why
	FROM judged WHERE CASE WHEN $5::text IS NULL THEN missed_once OR kept OR held ELSE NOT listed END
)
SELECT why, of_why, id, label FROM (
	SELECT why, id, label, count(*) OVER (PARTITION BY why) AS of_why,
	       row_number() OVER (PARTITION BY why ORDER BY label, id) AS place
	FROM reasons
) r WHERE place <= $7::bigint ORDER BY why, place
