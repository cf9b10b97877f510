-- The address of the picture of item $3 of kind $2 of account $1.
SELECT artwork FROM library_item WHERE account_id = $1::integer AND kind = $2 AND id = $3 AND artwork LIKE 'https://%'
