-- What must never happen, written down when it does. Triggers of the tests; no part of the product.
CREATE TABLE audit (what text NOT NULL, detail text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());

CREATE FUNCTION audit_position() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (NEW.epoch, NEW.walk, NEW.page, NEW.part) < (OLD.epoch, OLD.walk, OLD.page, OLD.part) THEN
		INSERT INTO audit VALUES ('position went back', format('account %s %s: %s to %s', OLD.account_id, OLD.category,
			(OLD.epoch, OLD.walk, OLD.page, OLD.part), (NEW.epoch, NEW.walk, NEW.page, NEW.part)));
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER audit_position BEFORE UPDATE ON library FOR EACH ROW EXECUTE FUNCTION audit_position();

CREATE FUNCTION audit_page() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audit VALUES ('a page of an older epoch replaced a newer one', format('%s %s walk %s page %s: %s to %s',
		OLD.sync_id, OLD.category, OLD.walk, OLD.page, OLD.epoch, NEW.epoch));
	RETURN NEW;
END $$;
CREATE TRIGGER audit_page BEFORE UPDATE ON sync_page FOR EACH ROW WHEN (NEW.epoch < OLD.epoch) EXECUTE FUNCTION audit_page();

CREATE FUNCTION audit_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audit VALUES ('an ended sync changed its state', format('%s: %s to %s', OLD.sync_id, OLD.state, NEW.state));
	RETURN NEW;
END $$;
CREATE TRIGGER audit_end BEFORE UPDATE ON sync FOR EACH ROW
	WHEN (OLD.ended_at IS NOT NULL AND OLD.state <> NEW.state) EXECUTE FUNCTION audit_end();

-- Every removal, with its sync; judged by the view below once the sync is over.
CREATE TABLE removal (account_id integer, category text, id text, sync_id uuid);
CREATE FUNCTION audit_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO removal VALUES (NEW.account_id, TG_ARGV[0], NEW.id, NEW.removed_sync);
	RETURN NULL;
END $$;
CREATE TRIGGER audit_removal AFTER UPDATE OF removed_at ON artist FOR EACH ROW
	WHEN (OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL) EXECUTE FUNCTION audit_removal('artists');
CREATE TRIGGER audit_removal AFTER UPDATE OF removed_at ON album FOR EACH ROW
	WHEN (OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL) EXECUTE FUNCTION audit_removal('albums');
CREATE TRIGGER audit_removal AFTER UPDATE OF removed_at ON track FOR EACH ROW
	WHEN (OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL) EXECUTE FUNCTION audit_removal('tracks');
CREATE TRIGGER audit_removal AFTER UPDATE OF removed_at ON playlist FOR EACH ROW
	WHEN (OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL) EXECUTE FUNCTION audit_removal('playlists');

CREATE VIEW violation AS
SELECT what, detail FROM audit
UNION ALL
SELECT 'removed by a sync that was not complete', format('%s %s by %s', r.category, r.id, r.sync_id)
FROM removal r JOIN account USING (account_id) -- one that was removed took its syncs along
LEFT JOIN sync_category c USING (sync_id, category)
WHERE c.state IS DISTINCT FROM 'complete' OR c.moved
UNION ALL
SELECT 'complete without a whole ledger', format('%s %s: %s pages up to %s, received %s stored %s rejected %s, marked last: %s',
	c.sync_id, c.category, p.pages, p.newest, p.received, p.stored, p.rejected, p.lasts)
FROM sync_category c
JOIN LATERAL (
	SELECT count(*) AS pages, max(page) AS newest, sum(received) AS received, sum(stored) AS stored,
	       sum(rejected) AS rejected, count(*) FILTER (WHERE is_last) AS lasts
	FROM sync_page g WHERE g.sync_id = c.sync_id AND g.category = c.category AND g.walk = c.walk
) p ON true
WHERE c.state = 'complete' AND NOT c.unchanged
AND EXISTS (SELECT 1 FROM library l WHERE c.sync_id IN (l.complete_sync, l.previous_sync) AND l.category = c.category)
AND (p.pages = 0 OR p.pages <> p.newest + 1 OR p.lasts = 0 OR p.received <> p.stored + p.rejected
     OR (c.received, c.stored, c.rejected) IS DISTINCT FROM (p.received, p.stored, p.rejected));
