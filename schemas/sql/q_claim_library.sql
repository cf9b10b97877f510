-- What is known of an account's library before a sync starts: $1 account_id.
SELECT category, epoch, coalesce(fence, '') AS fence, items,
       coalesce(extract(epoch FROM now() - complete_at)::bigint, 0) AS age_s
FROM library WHERE account_id = $1::integer
