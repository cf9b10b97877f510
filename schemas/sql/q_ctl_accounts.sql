-- Accounts by name, without their secrets; $1: one of them, or NULL for all. $2 tells when sign-ins end: [{account,
-- sign_in_ends_at, sign_in_ends_of}].
SELECT name AS account, provider, url, username, auth, created_at, sign_in_ends_at, sign_in_ends_of,
       (extract(epoch FROM now() - created_at) * 1000)::bigint AS age_ms, needs_auth_epoch IS NOT NULL AS needs_auth,
       coalesce((extract(epoch FROM sign_in_ends_at - now()) * 1000)::bigint, 0) AS sign_in_ends_ms,
       (SELECT count(*) FROM sync WHERE sync.account_id = account.account_id) AS syncs, p.paused, p.paused_until
FROM account CROSS JOIN account_pause(account) p
LEFT JOIN json_to_recordset($2::json) AS e(account text, sign_in_ends_at timestamptz, sign_in_ends_of text)
  ON e.account = account.name
WHERE $1::text IS NULL OR name = $1 ORDER BY name
