-- What a sync left undone: sync $2 of account $1, or the one it joined; with NULL the account's newest. left_undone: the
-- categories that did not become complete, "" while it goes on.
SELECT s.sync_id AS sync, s.mode, s.state, s.ended_at IS NOT NULL AS over,
       CASE WHEN s.state IN ('failed', 'partial', 'cancelled') THEN coalesce((
	       SELECT string_agg(w.category, ',' ORDER BY w.place)
	       FROM unnest(string_to_array(s.categories, ',')) WITH ORDINALITY AS w (category, place)
	       LEFT JOIN sync_category c ON c.sync_id = s.sync_id AND c.category = trim(w.category)
	       WHERE c.state IS DISTINCT FROM 'complete'
       ), '') ELSE '' END AS left_undone
FROM sync s
WHERE s.account_id = $1::integer AND s.state <> 'joined'
  AND ($2::uuid IS NULL OR s.sync_id = coalesce((SELECT j.joined_into FROM sync j WHERE j.sync_id = $2::uuid), $2::uuid))
ORDER BY s.sync_id DESC LIMIT 1
