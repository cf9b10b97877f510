-- Has the newest claim of a sync stored anything yet, beyond the mark that it began? A fetcher that took it and died before has
-- brought it nowhere.
CREATE FUNCTION sync_advanced(s sync) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM library l WHERE l.account_id = s.account_id AND l.epoch = s.epoch AND (l.walk > 0 OR l.page >= 0))
$$;
