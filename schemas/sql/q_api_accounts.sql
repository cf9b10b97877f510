-- Accounts by name: the one named $1, or NULL for all; behind a name ($2, NULL: from the first), $3 of them.
SELECT a.name, a.provider, a.url, a.username, a.created_at, p.paused, p.paused_until,
       (SELECT json_object_agg(category, json_build_object('items', items, 'complete_at', complete_at)) FROM library l
        WHERE l.account_id = a.account_id) AS library,
       (SELECT sync_id FROM sync s WHERE s.account_id = a.account_id AND state <> 'joined' ORDER BY sync_id DESC LIMIT 1)
       AS last_sync
FROM account a CROSS JOIN account_pause(a) p
WHERE ($1::text IS NULL OR a.name = $1) AND ($2::text IS NULL OR a.name > $2)
ORDER BY a.name LIMIT $3::int
