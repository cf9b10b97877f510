-- No fetcher works on sync $1 any more: a cancelled one is over. A row comes back only to the one who ended it.
UPDATE sync SET state = 'cancelled', ended_at = now() WHERE sync_id = $1::uuid AND state = 'cancelling' RETURNING sync_id
