-- Is sync $1 over, and how did it go? Unchanged categories count with what is in the library. cause: of the first category
-- that was not complete, in the order they were asked for, with what Kafka lost meanwhile; where all were, of the first that
-- leaves something to do.
SELECT count(*) AS wanted, count(c.ended_at) AS ended, count(*) FILTER (WHERE c.state = 'complete') AS complete,
       coalesce(sum(CASE WHEN c.unchanged THEN l.items ELSE c.received END), 0) AS received,
       coalesce(sum(CASE WHEN c.unchanged THEN l.items ELSE c.stored END), 0) AS stored,
       coalesce(sum(CASE WHEN c.unchanged THEN l.items WHEN c.state = 'complete' OR c.category = 'playlists' THEN c.received
                    ELSE greatest(c.received, c.total) END), 0) AS expected,
       coalesce(sum(c.rejected), 0) AS rejected,
       coalesce((array_agg(c.category || ': ' || c.cause ORDER BY c.state = 'complete', w.place)
                 FILTER (WHERE c.state <> 'complete' OR c.next_step <> ''))[1]
                || CASE WHEN min(s.lost) <> '' THEN '; ' || min(s.lost) ELSE '' END, '') AS cause,
       coalesce((array_agg(c.next_step ORDER BY c.state = 'complete', w.place)
                 FILTER (WHERE c.state <> 'complete' OR c.next_step <> ''))[1], '') AS next_step
FROM sync s
CROSS JOIN LATERAL unnest(string_to_array(s.categories, ',')) WITH ORDINALITY AS w (category, place)
LEFT JOIN sync_category c ON c.sync_id = s.sync_id AND c.category = trim(w.category)
LEFT JOIN library l ON l.account_id = s.account_id AND l.category = trim(w.category)
WHERE s.sync_id = $1::uuid
