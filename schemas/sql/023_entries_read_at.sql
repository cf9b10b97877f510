-- When the entries were last read at the version that is stored, and whether fewer came than the provider counts: such a version
-- says less for how long they need not be read again (q_claim_versions). NULL: not known, so they are read.
ALTER TABLE playlist ADD COLUMN entries_read_at timestamptz;
ALTER TABLE playlist ADD COLUMN entries_short boolean NOT NULL DEFAULT false;
-- Those that are here come due one after another in the week from now on.
UPDATE playlist SET entries_read_at = now() - interval '84 hours' WHERE entries_version IS NOT NULL;
