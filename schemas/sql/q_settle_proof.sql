-- The ledger of walk $3 of sync $1, category $2, which should have pages 0 to $4 - 1. missing and uneven: the first such
-- page, -1 for none; ends: how many pages say that they are the last; ended: whether the last one does. unidentified: items
-- without a readable id; unlisted: those in pages that list nothing else, which may be a playlist's entries. unread: how many
-- lists could not be read, and unread_cause what is told of one.
SELECT count(*) AS pages, coalesce(sum(received), 0) AS received, coalesce(sum(unidentified), 0) AS unidentified,
       coalesce(sum(unidentified) FILTER (WHERE lists = '{}'), 0) AS unlisted,
       CASE WHEN count(*) = $4::integer THEN -1 ELSE coalesce(min(n) FILTER (WHERE page <> n), count(*)) END AS missing,
       coalesce(min(page) FILTER (WHERE received <> stored + rejected), -1) AS uneven,
       count(*) FILTER (WHERE is_last) AS ends,
       coalesce(bool_or(is_last) FILTER (WHERE page = $4::integer - 1), false) AS ended,
       count(unread) AS unread, coalesce(min(unread), '') AS unread_cause
FROM (
	SELECT page, received, stored, rejected, unidentified, lists, is_last, unread, row_number() OVER (ORDER BY page) - 1 AS n
	FROM sync_page WHERE sync_id = $1::uuid AND category = $2 AND walk = $3::integer AND page < $4::integer
) g
