-- Walk $4 of sync $3 has read all of category $2 (playlists) of account $1: the entries of each playlist that it listed are
-- those of the version that it listed. Others may have entries of an older version, and stay as they are. One that was read is
-- of no version until now (q_write_entries), so one that was left unread keeps the time of its reading. That it shows fewer than
-- it counts is believed the second time, as elsewhere.
WITH seen AS MATERIALIZED (
	SELECT unnest(l.ids) AS hash FROM page_list l
	WHERE l.account_id = $1::integer AND l.category = $2 AND l.digest IN (
		SELECT unnest(p.lists) FROM sync_page p WHERE p.sync_id = $3::uuid AND p.category = $2 AND p.walk = $4::integer)
)
UPDATE playlist t SET entries_version = t.version, entries_read_at = now(),
	entries_short = CASE WHEN t.entries_short OR t.entries_refused IS NOT NULL OR t.entry_count IS NULL THEN false ELSE t.entry_count > (
		SELECT count(*) FROM playlist_entry e WHERE e.account_id = t.account_id AND e.playlist_id = t.id) END
WHERE t.account_id = $1::integer AND t.removed_at IS NULL AND t.entries_version IS DISTINCT FROM t.version
  AND hashtextextended(t.id, 0) IN (SELECT hash FROM seen)
