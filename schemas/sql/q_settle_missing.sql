-- Template, prepared per category's kind: {table} {kind} {label}. Active rows of account $1 that were not seen, into
-- stage_missing: by walk $4 of sync $3 alone, or, when $5 (an epoch) is not 0, by no walk at all since that epoch, the
-- witness included, nor by walk $4, which may have begun before. What another walk has seen meanwhile is here, whatever these two
-- missed. Returns how many there are: missing, and kept, which are those that a person brought back.
WITH digests AS (
	SELECT unnest(p.lists) AS digest FROM sync_page p
	WHERE $5 = 0 AND p.sync_id = $3 AND p.category = $2 AND p.walk = $4
	UNION ALL
	-- OFFSET 0: by the key of each sync, never by comparing the ledgers of all accounts.
	SELECT unnest(p.lists) FROM sync s CROSS JOIN LATERAL (
		SELECT p.lists FROM sync_page p WHERE p.sync_id = s.sync_id AND p.category = $2
			AND (p.epoch >= $5 OR (p.sync_id = $3 AND p.walk = $4)) OFFSET 0
	) p WHERE $5 > 0 AND s.account_id = $1
), seen AS MATERIALIZED (
	SELECT unnest(l.ids) AS hash FROM page_list l
	WHERE l.account_id = $1 AND l.category = $2 AND l.digest IN (SELECT digest FROM digests)
), staged AS (
	INSERT INTO stage_missing (id, label, kept)
	SELECT t.id, t.{label},
	       EXISTS (SELECT FROM library_kept k WHERE k.account_id = $1 AND k.kind = '{kind}' AND k.id = t.id)
	FROM {table} t
	WHERE t.account_id = $1 AND t.removed_at IS NULL
	  AND NOT EXISTS (SELECT FROM seen WHERE seen.hash = hashtextextended(t.id, 0))
	RETURNING kept
)
SELECT count(*) FILTER (WHERE NOT kept) AS missing, count(*) FILTER (WHERE kept) AS kept FROM staged
