-- Whose these syncs are ($1), and whether somebody has cancelled them. True to the end of the transaction: it holds the
-- accounts, and q_cancel_lock waits for that.
SELECT sync_id, account_id, state IN ('cancelling', 'cancelled') AS cancelled FROM sync WHERE sync_id = ANY ($1::uuid[])
