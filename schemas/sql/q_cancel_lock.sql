-- Nothing is written for account $1 from here on: writers hold FOR KEY SHARE on it. To be followed by q_cancel_begin in the
-- same transaction, as a statement of its own: that then sees what the writers have just committed.
SELECT account_id FROM account WHERE account_id = $1::integer FOR UPDATE
