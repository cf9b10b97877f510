-- Which version of each playlist the stored entries are: $1 account_id. A playlist that is listed in that version need not be
-- read again; one whose entries were refused, not for $2 hours. LIMIT_CHILDREN at most: more playlists are never read.
SELECT id, entries_version FROM playlist
WHERE account_id = $1::integer AND removed_at IS NULL AND entries_version IS NOT NULL
  AND (entries_refused IS NULL OR entries_refused_at > now() - make_interval(hours => $2::integer))
LIMIT 50000
