-- The newest complete walk that has read all: an incremental one leaves the entries of known playlists unread, so what was rejected of
-- them is not read again by it, nor open once more because it came after.
ALTER TABLE library ADD COLUMN full_sync uuid;
ALTER TABLE library ADD COLUMN full_walk integer;
UPDATE library l SET full_sync = l.complete_sync, full_walk = l.complete_walk
FROM sync s WHERE s.sync_id = l.complete_sync AND s.mode = 'full';

-- As 005_replay says; of entries the newest full walk speaks, of all else any.
CREATE OR REPLACE VIEW reject_state AS
SELECT r.*,
       CASE WHEN r.replayed_at IS NOT NULL THEN 'replayed'
            WHEN EXISTS (
	SELECT FROM library l
	CROSS JOIN LATERAL (VALUES (l.complete_sync, l.complete_walk, r.category <> 'playlists' OR r.kind = 'playlist'),
	                           (l.full_sync, l.full_walk, true)) AS w (sync_id, walk, has_read)
	JOIN sync s ON s.sync_id = w.sync_id
	WHERE l.account_id = r.account_id AND l.category = r.category AND w.has_read
	  AND CASE WHEN r.sync_id = w.sync_id THEN r.walk < w.walk ELSE s.started_at > r.at END
            ) OR (r.topic LIKE '%sync.items' AND EXISTS (
	SELECT FROM sync s JOIN sync_category c USING (sync_id)
	WHERE s.account_id = r.account_id AND s.mode = 'replay' AND c.category = r.category AND c.state = 'complete'
	  AND s.started_at > r.at
            )) THEN 'read_again'
            ELSE 'open' END AS state
FROM sync_reject r;
