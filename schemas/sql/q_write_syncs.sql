-- Whose these syncs are ($1).
SELECT sync_id, account_id FROM sync WHERE sync_id = ANY ($1::uuid[])
