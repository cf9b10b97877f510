-- Who is told what becomes of syncs, and what each was told.

CREATE TABLE webhook (
	webhook_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	target       text NOT NULL,                  -- scheme, host and port: what stands behind them may be a secret
	sealed       bytea NOT NULL,                 -- secret and address (console/webhook.h)
	events       text[] NOT NULL,                -- types of events
	account_id   integer REFERENCES account ON DELETE CASCADE, -- NULL: of all accounts
	internal     boolean NOT NULL,               -- may lead into this machine's network, without TLS
	created_at   timestamptz NOT NULL DEFAULT now(),
	off_at       timestamptz,                    -- since when nothing is sent to it any more
	off_cause    text NOT NULL DEFAULT '',
	-- A sender has a delivery for it in hand until then: one at a time, of all senders, so that one that does not answer
	-- holds up no other, and that of a sender that died is taken over.
	busy_until   timestamptz NOT NULL DEFAULT '-infinity'
);

-- What is to be sent, and what became of it: a row is made in the transaction that makes the event true, so none is lost, and
-- its key is the event's, so it is told once however often that is settled.
CREATE TABLE webhook_delivery (
	webhook_id   integer NOT NULL REFERENCES webhook ON DELETE CASCADE,
	message_id   text NOT NULL,                  -- header webhook-id: of the event, the same at every try
	type         text NOT NULL,
	account_id   integer REFERENCES account ON DELETE CASCADE, -- NULL: a test
	at           timestamptz NOT NULL DEFAULT now(),
	page         text NOT NULL,                  -- of the console, about it
	data         jsonb NOT NULL,
	next_at      timestamptz DEFAULT now(),      -- when it is tried; NULL: it was delivered, or given up
	delivered_at timestamptz,
	-- Of the newest try.
	tries        integer NOT NULL DEFAULT 0,
	tried_at     timestamptz,
	took_ms      integer,                        -- NULL: it is being made
	status       integer,                        -- HTTP; NULL: there was no answer
	error        text NOT NULL DEFAULT '',
	PRIMARY KEY (webhook_id, message_id)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_delivery_log ON webhook_delivery (webhook_id, at DESC);
CREATE INDEX webhook_delivery_account ON webhook_delivery (account_id); -- for its end

CREATE FUNCTION webhook_state(d webhook_delivery) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN d.delivered_at IS NOT NULL THEN 'delivered' WHEN d.next_at IS NULL THEN 'given_up'
	            WHEN d.tries = 0 THEN 'waiting' WHEN d.took_ms IS NULL THEN 'sending' ELSE 'retrying' END
$$;

-- What is sent. console: its address, '' when people have none.
CREATE FUNCTION webhook_body(d webhook_delivery, console text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT row_to_json(q)::text FROM (
		SELECT d.type, to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "timestamp",
		       CASE WHEN console = '' THEN d.data ELSE d.data || jsonb_build_object('link', rtrim(console, '/') || d.page) END AS data
	) q
$$;

-- Locked against removal: else one that is removed at this moment would fail the transaction of a writer that has seen it.
CREATE FUNCTION webhook_tell(type text, message text, account integer, page text, data jsonb) RETURNS void LANGUAGE sql AS $$
	INSERT INTO webhook_delivery (webhook_id, message_id, type, account_id, page, data)
	SELECT w.webhook_id, $2, $1, $3, $4, $5 FROM webhook w
	WHERE w.off_at IS NULL AND $1 = ANY (w.events) AND (w.account_id IS NULL OR w.account_id = $3)
	FOR KEY SHARE
	ON CONFLICT DO NOTHING
$$;

-- A sync has ended. Held removals are told when they are not those that the complete walk before held already.
CREATE FUNCTION webhook_sync() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	account text;
	sums record;
	held record;
	page text := '/syncs/' || NEW.sync_id;
BEGIN
	IF NOT EXISTS (SELECT FROM webhook WHERE off_at IS NULL) THEN
		RETURN NULL;
	END IF;
	SELECT a.name INTO account FROM account a WHERE a.account_id = NEW.account_id;
	SELECT coalesce(sum(CASE WHEN c.unchanged THEN l.items ELSE c.received END), 0) AS received,
	       coalesce(sum(CASE WHEN c.unchanged THEN l.items ELSE c.stored END), 0) AS stored,
	       coalesce(sum(c.rejected), 0) AS rejected, coalesce(sum(c.added), 0) AS added, coalesce(sum(c.changed), 0) AS changed,
	       coalesce(sum(c.removed), 0) AS removed, coalesce(sum(c.held), 0) AS held,
	       coalesce(jsonb_object_agg(c.category, c.state), '{}') AS categories
	INTO sums FROM sync_category c LEFT JOIN library l ON l.account_id = NEW.account_id AND l.category = c.category
	WHERE c.sync_id = NEW.sync_id;
	IF NEW.state <> 'cancelled' THEN
		PERFORM webhook_tell('sync.' || NEW.state, NEW.state || '-' || NEW.sync_id, NEW.account_id, page, jsonb_build_object(
			'account', account, 'sync', NEW.sync_id, 'mode', NEW.mode, 'state', NEW.state, 'cause', NEW.cause,
			'next_step', NEW.next_step, 'categories', sums.categories, 'items', to_jsonb(sums) - 'categories'));
	END IF;
	IF sums.held = 0 THEN
		RETURN NULL;
	END IF;
	SELECT jsonb_object_agg(c.category, c.held) AS items, bool_or(c.held IS DISTINCT FROM (
		SELECT p.held FROM sync s JOIN sync_category p USING (sync_id)
		WHERE s.account_id = NEW.account_id AND s.sync_id < NEW.sync_id AND s.mode NOT LIKE 'replay%'
		  AND p.category = c.category AND p.state = 'complete' AND NOT p.unchanged
		ORDER BY s.sync_id DESC LIMIT 1)) AS news
	INTO held FROM sync_category c WHERE c.sync_id = NEW.sync_id AND c.held > 0;
	IF held.news THEN
		PERFORM webhook_tell('removals.held', 'held-' || NEW.sync_id, NEW.account_id, page, jsonb_build_object(
			'account', account, 'sync', NEW.sync_id, 'state', NEW.state, 'held', held.items,
			'cause', sums.held || ' items that are not listed any more stay until somebody confirms their removal',
			'next_step', 'syncline confirm ' || account));
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER webhook_sync_ended AFTER UPDATE ON sync FOR EACH ROW
	WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.state IN ('complete', 'partial', 'failed', 'cancelled'))
	EXECUTE FUNCTION webhook_sync();
-- One that was refused before it had a row.
CREATE TRIGGER webhook_sync_refused AFTER INSERT ON sync FOR EACH ROW
	WHEN (NEW.ended_at IS NOT NULL AND NEW.state = 'failed') EXECUTE FUNCTION webhook_sync();

-- An account needs somebody to sign in. Once, until somebody has: while it does, each sync is refused anew.
CREATE FUNCTION webhook_account() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	refused record;
BEGIN
	IF NOT EXISTS (SELECT FROM webhook WHERE off_at IS NULL) OR
	   NOT EXISTS (SELECT FROM account WHERE account_id = NEW.account_id AND needs_auth_epoch = NEW.needs_auth_epoch) THEN
		RETURN NULL;
	END IF;
	SELECT s.sync_id, c.cause, c.next_step INTO refused FROM sync_category c JOIN sync s USING (sync_id)
	WHERE s.account_id = NEW.account_id AND c.epoch = NEW.needs_auth_epoch AND c.state IN ('failed', 'partial')
	ORDER BY c.ended_at DESC LIMIT 1;
	PERFORM webhook_tell('account.needs_auth', 'needs_auth-' || NEW.account_id || '-' || NEW.needs_auth_epoch, NEW.account_id,
		coalesce('/syncs/' || refused.sync_id, '/'), jsonb_build_object(
			'account', NEW.name, 'provider', NEW.provider, 'sync', refused.sync_id, 'state', 'needs_auth',
			'cause', coalesce(refused.cause, 'the sign-in was refused'),
			'next_step', coalesce(refused.next_step, 'syncline account login ' || NEW.name)));
	RETURN NULL;
END $$;
-- Deferred: the cause is written later in the same transaction, and what is true at its end counts.
CREATE CONSTRAINT TRIGGER webhook_needs_auth AFTER UPDATE ON account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (OLD.needs_auth_epoch IS NULL AND NEW.needs_auth_epoch IS NOT NULL) EXECUTE FUNCTION webhook_account();
