-- A sync that had its account's lease is over: what waits for the account is looked at in the reconciler's next round, and not only
-- after the wait that grows with each try that found the account busy. One that is being written is left out: its writer has news
-- of it anyway, and none waits for another.
CREATE FUNCTION account_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE sync SET requeued_at = NULL, requeues = 0 WHERE sync_id IN (
		SELECT sync_id FROM sync
		WHERE account_id = NEW.account_id AND ended_at IS NULL AND state = 'queued' AND requeues > 0
		FOR NO KEY UPDATE SKIP LOCKED);
	RETURN NULL;
END $$;
CREATE TRIGGER account_is_free AFTER UPDATE ON sync FOR EACH ROW
	WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.epoch > 0) EXECUTE FUNCTION account_is_free();
