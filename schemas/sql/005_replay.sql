-- What became of a reject, once a parser that knows better has seen it again.

ALTER TABLE sync_reject ADD COLUMN replayed_at timestamptz;  -- it is no longer rejected
ALTER TABLE sync_reject ADD COLUMN replayed_sync uuid;       -- the replay that took it
ALTER TABLE sync_reject ADD COLUMN last_sync uuid;           -- the newest replay that rejected it again
CREATE INDEX sync_reject_account ON sync_reject (account_id, category, at);

-- Rejects with their state: open; replayed; or read_again: the newest complete walk began after it, so that the item, if it
-- is still there and still bad, has a reject of that walk. An incremental sync leaves known playlists' entries unread, so
-- only a full one says that of them. What the writer rejected (of sync.items) a whole replay has made anew as well.
CREATE VIEW reject_state AS
SELECT r.*,
       CASE WHEN r.replayed_at IS NOT NULL THEN 'replayed'
            WHEN EXISTS (
	SELECT FROM library l
	JOIN sync s ON s.sync_id = l.complete_sync
	WHERE l.account_id = r.account_id AND l.category = r.category
	  AND (r.category <> 'playlists' OR r.kind = 'playlist' OR s.mode = 'full')
	  AND CASE WHEN r.sync_id = l.complete_sync THEN r.walk < l.complete_walk ELSE s.started_at > r.at END
            ) OR (r.topic LIKE '%sync.items' AND EXISTS (
	SELECT FROM sync s JOIN sync_category c USING (sync_id)
	WHERE s.account_id = r.account_id AND s.mode = 'replay' AND c.category = r.category AND c.state = 'complete'
	  AND s.started_at > r.at
            )) THEN 'read_again'
            ELSE 'open' END AS state
FROM sync_reject r;

-- What Kafka lost while a sync ran, perhaps of its messages; '' nothing. look_again: the reconciler has not yet acted upon it.
ALTER TABLE sync ADD COLUMN lost text NOT NULL DEFAULT '';
ALTER TABLE sync ADD COLUMN look_again boolean NOT NULL DEFAULT false;
