-- Which version of each playlist the stored entries are: $1 account_id. A playlist that is listed in that version need not be
-- read again for about $3 days since it was; one whose entries were refused, or were fewer than it counts, not for $2 hours.
-- Days are half of that to half as much again, by the id: what one sync has read does not come due at once. All as it was when
-- sync $4 began, if it has: who goes on with it finds playlists by their place among those that are read.
-- LIMIT_CHILDREN at most: more playlists are never read.
SELECT id, entries_version FROM playlist, coalesce((SELECT started_at FROM sync WHERE sync_id = $4::uuid), now()) AS begun,
     LATERAL (SELECT CASE WHEN entries_refused IS NOT NULL THEN entries_refused_at ELSE entries_read_at END) AS was(asked_at)
WHERE account_id = $1::integer AND removed_at IS NULL AND entries_version IS NOT NULL AND asked_at <= begun
  AND asked_at > begun - CASE WHEN entries_refused IS NOT NULL OR entries_short THEN make_interval(hours => $2::integer)
                              ELSE make_interval(days => $3::integer)
                                   * (0.5 + (hashtextextended(id, 0) & 1023) / 1024.0) END
LIMIT 50000
