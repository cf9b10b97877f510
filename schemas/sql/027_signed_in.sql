-- Up to which epoch a refusal says nothing of the sign-in that is stored: somebody signed in again since. 0: nobody has.
ALTER TABLE account ADD COLUMN signed_in_epoch bigint NOT NULL DEFAULT 0;
