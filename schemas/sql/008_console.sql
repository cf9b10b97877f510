-- Who may use the console. Only digests of what is secret.

CREATE TABLE console_user (
	name         text PRIMARY KEY,
	password     text NOT NULL,                  -- Argon2id, with its parameters (crypto_pwhash_str of libsodium)
	scope        text NOT NULL DEFAULT 'admin' CHECK (scope IN ('read', 'operate', 'admin')),
	created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE console_session (
	digest       text PRIMARY KEY,               -- of the cookie's value
	name         text NOT NULL REFERENCES console_user ON DELETE CASCADE,
	address      text NOT NULL,
	began_at     timestamptz NOT NULL DEFAULT now(),
	seen_at      timestamptz NOT NULL DEFAULT now() -- ends 30 days later
);

CREATE TABLE console_token (
	token_id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name         text NOT NULL UNIQUE,
	digest       text NOT NULL UNIQUE,
	scope        text NOT NULL CHECK (scope IN ('read', 'operate', 'admin')),
	created_at   timestamptz NOT NULL DEFAULT now(),
	used_at      timestamptz
);

-- Who did what, for a year.
CREATE TABLE console_audit (
	audit_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at           timestamptz NOT NULL DEFAULT now(),
	who          text NOT NULL,
	address      text NOT NULL,
	action       text NOT NULL,                  -- "sync", "cancel", "sign-in refused", ...
	subject      text NOT NULL DEFAULT ''        -- account, sync, token ...
);
CREATE INDEX console_audit_at ON console_audit (at);
