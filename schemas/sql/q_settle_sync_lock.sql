-- Two categories of a sync may end at two writers at once: the second waits here, and then sees what the first wrote. NO KEY,
-- because both hold the key share lock of their ledger rows' reference.
SELECT state, ended_at IS NOT NULL AS ended FROM sync WHERE sync_id = $1::uuid FOR NO KEY UPDATE
