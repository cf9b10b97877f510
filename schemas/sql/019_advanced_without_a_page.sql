-- A category that comes to its end without a page (it failed, or nothing in it has changed) is something that the newest claim of
-- a sync has brought about, as a page is.
CREATE OR REPLACE FUNCTION sync_advanced(s sync) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM library l WHERE l.account_id = s.account_id AND l.epoch = s.epoch AND (l.walk > 0 OR l.page >= 0))
	    OR EXISTS (SELECT FROM sync_category c WHERE c.sync_id = s.sync_id AND c.ended_at > s.requeued_at)
$$;
