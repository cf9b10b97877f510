-- Pages of a batch (stage_page) into the ledger. A row that is there has either the same epoch, then these are more parts of
-- its page, or a lower one, then the page was fetched again and replaces it. What was added and changed stays counted: the
-- second time the same items are no news. A replayed page lists nothing: it was not asked of the provider, and is no witness. `received` is 0 until the last part is there, so a page without its end never
-- adds up.
WITH listed AS (
	SELECT page, array_agg(hash ORDER BY hash) AS ids FROM (
		SELECT page, hashtextextended(id, 0) AS hash FROM stage_artist
		UNION ALL SELECT page, hashtextextended(id, 0) FROM stage_album
		UNION ALL SELECT page, hashtextextended(id, 0) FROM stage_track
		UNION ALL SELECT page, hashtextextended(id, 0) FROM stage_playlist
		UNION ALL SELECT page, hashtextextended(unnest(ids), 0) FROM stage_page
	) ids GROUP BY page
), lists AS MATERIALIZED (
	SELECT p.page, s.account_id, p.category, l.ids, sha256(array_send(l.ids)) AS digest
	FROM stage_page p JOIN listed l USING (page) JOIN sync s USING (sync_id) WHERE NOT p.replayed
), kept AS (
	INSERT INTO page_list (account_id, category, digest, ids)
	SELECT account_id, category, digest, ids FROM lists ORDER BY account_id, category, digest
	ON CONFLICT DO NOTHING
)
INSERT INTO sync_page AS l (sync_id, category, walk, page, epoch, received, stored, rejected, warnings, added, changed,
                            unidentified, is_last, next_cursor, lists, unread)
SELECT p.sync_id, p.category, p.walk, p.number, p.epoch, p.received, p.stored, p.rejected, p.warnings, p.added, p.changed,
       p.unidentified, p.is_last, p.next_cursor, CASE WHEN s.digest IS NULL THEN '{}' ELSE ARRAY[s.digest] END,
       CASE WHEN p.refused IS NOT NULL THEN format('album ''%s'' could not be read: %s', left(coalesce((
           SELECT a.title FROM sync y JOIN album a USING (account_id) WHERE y.sync_id = p.sync_id AND a.id = p.unread), p.unread), 80),
           p.refused) END
FROM stage_page p LEFT JOIN lists s ON s.page = p.page
ORDER BY p.sync_id, p.category, p.walk, p.number
ON CONFLICT (sync_id, category, walk, page) DO UPDATE SET
	epoch = excluded.epoch, received = excluded.received, is_last = excluded.is_last, next_cursor = excluded.next_cursor,
	unread = excluded.unread,
	stored = excluded.stored + CASE WHEN l.epoch = excluded.epoch THEN l.stored ELSE 0 END,
	rejected = excluded.rejected + CASE WHEN l.epoch = excluded.epoch THEN l.rejected ELSE 0 END,
	warnings = excluded.warnings + CASE WHEN l.epoch = excluded.epoch THEN l.warnings ELSE 0 END,
	unidentified = excluded.unidentified + CASE WHEN l.epoch = excluded.epoch THEN l.unidentified ELSE 0 END,
	added = l.added + excluded.added, changed = l.changed + excluded.changed,
	lists = CASE WHEN l.epoch = excluded.epoch THEN l.lists || excluded.lists ELSE excluded.lists END
WHERE l.epoch <= excluded.epoch
