-- What stands of sync $2 of account $1 when its job comes: whether its account is paused, whether it is over or too early, and
-- whether another sync that began after it was asked for (its row says when, else $3 in ms since 1970) reads all of it
-- ($4 mode, $5 categories): then nobody need read it again. Only one that has not begun itself is covered so, and
-- what reads Kafka again (a replay) stands for nothing that asks the provider, nor the other way round.
SELECT coalesce(a.paused_until > now(), false) AS paused, coalesce(s.epoch, 0) AS epoch,
       greatest((extract(epoch FROM a.created_at) * 1000)::bigint, -- as in q_write_library_missing
                a.signed_in_epoch, -- or a refusal of the new sign-in would count as one of the old
                (SELECT max(l.epoch) FROM library l WHERE l.account_id = a.account_id)) AS library_epoch,
       coalesce(s.ended_at IS NOT NULL OR s.state = 'cancelling', false) AS over,
       coalesce(s.state = 'queued' AND s.not_before > now(), false) AS early,
       coalesce((extract(epoch FROM s.not_before) * 1000)::bigint, 0) AS not_before_ms,
       (extract(epoch FROM now()) * 1000)::bigint AS now_ms,
       coalesce(r.sync_id::text, '') AS covered_by, coalesce(r.state = 'complete', false) AS covered_whole
FROM account a
LEFT JOIN sync s ON s.sync_id = $2::uuid
LEFT JOIN LATERAL (
	SELECT r.sync_id, r.state FROM sync r
	WHERE r.account_id = a.account_id
	  AND r.started_at >= greatest(coalesce(s.queued_at, to_timestamp($3::bigint / 1000.0)), s.not_before)
	  AND r.state IN ('complete', 'running', 'throttled') AND r.sync_id <> $2::uuid
	  AND (r.mode = 'full' AND $4 IN ('full', 'incremental') OR r.mode = 'incremental' AND $4 = 'incremental') AND string_to_array(r.categories, ',') @> string_to_array($5, ',')
	ORDER BY r.state = 'complete' DESC, r.started_at LIMIT 1
) r ON coalesce(s.epoch, 0) = 0
WHERE a.account_id = $1::integer
