-- The sync ($1) of an account ($2) in a mode ($3), as a row that the reconciler starts: so a sync that is due is as durable as
-- the database, and none is lost or begun twice whatever happens to the scheduler or to Kafka.
INSERT INTO sync (sync_id, account_id, mode, categories, requested_by, priority, cause)
VALUES ($1::uuid, $2::int, $3, 'artists,albums,tracks,playlists', 'schedule', 'background', 'its time has come')
