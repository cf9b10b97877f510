-- Pages behind the end of walk $3 of sync $1, category $2, of $4 pages: left by an attempt that a takeover replaced.
DELETE FROM sync_page WHERE sync_id = $1::uuid AND category = $2 AND walk = $3::integer AND page >= $4::integer
