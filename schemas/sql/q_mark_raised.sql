-- A person waits for sync $1 by now: should it change hands, it goes before those that can wait.
UPDATE sync SET priority = 'normal' WHERE sync_id = $1::uuid AND priority = 'background' AND ended_at IS NULL
