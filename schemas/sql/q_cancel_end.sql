-- No fetcher works on sync $1 any more: a cancelled one is over. A row comes back only to the one who ended it.
UPDATE sync s SET state = 'cancelled', ended_at = now()
FROM account a
WHERE s.sync_id = $1::uuid AND s.state = 'cancelling' AND a.account_id = s.account_id
RETURNING a.name AS account, (SELECT coalesce(sum(c.stored), 0) FROM sync_category c WHERE c.sync_id = s.sync_id) AS stored
