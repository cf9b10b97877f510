-- Carries out held removals of account $1 in category $2, if sync $3 (NULL: whichever) is the last complete one still: marks removed
-- exactly what no walk has seen since the one from which on they were missed: the last complete one, or where that is no proof
-- alone, the one before, but for what a person has brought back since. One statement, so one transaction; returns how many rows went. Nothing after a replay of the category:
-- what it has derived is in no walk, so the next sync must judge anew.
-- The library row is locked as it was read: when a writer has just moved it (`is_same` is checked again after the wait),
-- nothing happens and the person asks again. Nothing happens either when nothing is held.
WITH library_now AS (
	SELECT l.account_id, l.category, l.complete_walk FROM library l
	JOIN (SELECT account_id, category, epoch, walk, page, part FROM library) is_same
	     USING (account_id, category, epoch, walk, page, part)
	WHERE l.account_id = $1::integer AND l.category = $2 AND ($3::uuid IS NULL OR l.complete_sync = $3::uuid) FOR UPDATE OF l
), complete AS (
	SELECT n.account_id, h.sync_id, h.since AS epoch, h.walk, h.judged_at, n.complete_walk
	FROM library_now n JOIN library_held h USING (account_id, category)
	WHERE NOT EXISTS (SELECT FROM sync r JOIN sync_category rc USING (sync_id)
	                  WHERE r.account_id = n.account_id AND r.mode LIKE 'replay%' AND rc.category = n.category
	                    AND rc.started_at > h.judged_at)
), seen AS MATERIALIZED (
	SELECT unnest(l.ids) AS hash FROM page_list l
	WHERE l.account_id = $1::integer AND l.category = $2 AND l.digest IN (
		SELECT unnest(p.lists) FROM complete w
		JOIN sync s ON s.account_id = w.account_id
		JOIN sync_page p ON p.sync_id = s.sync_id AND p.category = $2
			AND (p.epoch >= w.epoch OR (p.sync_id = w.sync_id AND p.walk = w.complete_walk))
			AND (w.walk IS NULL OR p.sync_id <> w.sync_id OR p.walk = w.walk))
), missing AS MATERIALIZED (
	SELECT t.kind, t.id, t.name AS label FROM library_item t
	WHERE t.category = $2 AND t.account_id = $1::integer AND t.removed_at IS NULL AND EXISTS (SELECT FROM complete)
	  AND NOT EXISTS (SELECT FROM seen WHERE seen.hash = hashtextextended(t.id, 0))
	  AND NOT EXISTS (SELECT FROM library_kept k JOIN complete w USING (account_id)
	                  WHERE k.account_id = $1::integer AND k.kind = t.kind AND k.id = t.id AND k.at > w.judged_at)
), artists AS (
	UPDATE artist t SET removed_at = now(), removed_sync = w.sync_id FROM missing m, complete w
	WHERE m.kind = 'artist' AND t.account_id = w.account_id AND t.id = m.id AND t.removed_at IS NULL RETURNING t.id
), albums AS (
	UPDATE album t SET removed_at = now(), removed_sync = w.sync_id FROM missing m, complete w
	WHERE m.kind = 'album' AND t.account_id = w.account_id AND t.id = m.id AND t.removed_at IS NULL RETURNING t.id
), tracks AS (
	UPDATE track t SET removed_at = now(), removed_sync = w.sync_id FROM missing m, complete w
	WHERE m.kind = 'track' AND t.account_id = w.account_id AND t.id = m.id AND t.removed_at IS NULL RETURNING t.id
), playlists AS (
	UPDATE playlist t SET removed_at = now(), removed_sync = w.sync_id FROM missing m, complete w
	WHERE m.kind = 'playlist' AND t.account_id = w.account_id AND t.id = m.id AND t.removed_at IS NULL RETURNING t.id
), gone AS (
	SELECT id FROM artists UNION ALL SELECT id FROM albums UNION ALL SELECT id FROM tracks UNION ALL SELECT id FROM playlists
), told AS (
	INSERT INTO library_change (account_id, kind, id, sync_id, change, label)
	SELECT w.account_id, m.kind, m.id, w.sync_id, 'removed', m.label FROM missing m JOIN gone USING (id), complete w
), forgotten AS (
	DELETE FROM library_kept k USING missing m, complete w
	WHERE k.account_id = w.account_id AND k.kind = m.kind AND k.id = m.id
), settled AS (
	UPDATE sync_category c SET held = 0, removed = c.removed + (SELECT count(*) FROM gone), cause = '', next_step = ''
	FROM complete w WHERE c.sync_id = w.sync_id AND c.category = $2
), quiet AS (
	-- What another category leaves to do stays told (as q_settle_sync_sums does).
	UPDATE sync s SET (cause, next_step) = (
		SELECT coalesce((array_agg(o.category || ': ' || o.cause ORDER BY o.place))[1]
		                || CASE WHEN s.lost <> '' THEN '; ' || s.lost ELSE '' END, ''),
		       coalesce((array_agg(o.next_step ORDER BY o.place))[1], '')
		FROM (SELECT c.*, array_position(string_to_array(replace(s.categories, ' ', ''), ','), c.category) AS place FROM sync_category c
		      WHERE c.sync_id = s.sync_id AND c.category <> $2 AND c.next_step <> '') o)
	FROM complete w WHERE s.sync_id = w.sync_id AND s.state = 'complete'
), counted AS (
	UPDATE library l SET items = l.items - (SELECT count(*) FROM gone) FROM complete w
	WHERE l.account_id = w.account_id AND l.category = $2
)
SELECT count(*) AS removed FROM gone
