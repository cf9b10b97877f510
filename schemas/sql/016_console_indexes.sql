-- What the console asks for and the tables had no way to: the newest rejects, those that a later sync met again, and playlists
-- whose entries are refused. Few rows have any of it, so that writing costs nothing more.
CREATE INDEX sync_reject_newest ON sync_reject (at DESC, topic, kafka_partition, kafka_offset, position);
CREATE INDEX sync_reject_last ON sync_reject (last_sync) WHERE last_sync IS NOT NULL;
CREATE INDEX playlist_refused ON playlist (account_id) WHERE entries_refused IS NOT NULL AND removed_at IS NULL;
