-- How many songs account $1 has, when its shelf last changed (ms since 1970), and whether it may change now: then a reader who
-- compares must see another time with every look.
SELECT coalesce(sum(l.items) FILTER (WHERE l.category = 'tracks'), 0) AS songs,
       coalesce((extract(epoch FROM CASE WHEN bool_and(s.seen IS NOT DISTINCT FROM concat_ws(' ', l.epoch, l.walk, l.page, l.part, l.items))
                                         THEN max(s.changed_at) ELSE clock_timestamp() END) * 1000)::bigint, 0) AS changed_ms,
       NOT coalesce(bool_and(s.seen IS NOT DISTINCT FROM concat_ws(' ', l.epoch, l.walk, l.page, l.part, l.items)), true) AS scanning
FROM library l
LEFT JOIN shelf_state s USING (account_id, category)
WHERE l.account_id = $1::integer AND l.category <> 'playlists'
