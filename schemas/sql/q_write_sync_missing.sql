-- A sync of which no `started` mark was seen (its row was removed meanwhile, or somebody else's program began it): $1 sync,
-- $2 account, $3 category, $4 epoch.
INSERT INTO sync (sync_id, account_id, mode, categories, state, epoch, started_at)
VALUES ($1::uuid, $2::integer, 'full', $3, 'running', $4::bigint, now())
ON CONFLICT (sync_id) DO NOTHING
