-- The provider that counts requests under $1 wants to be left alone for $2 ms from now. What is long over is forgotten.
WITH over AS (
	DELETE FROM provider_pause WHERE credential IN (
		SELECT credential FROM provider_pause
		WHERE until < now() - interval '1 day' AND credential <> sha256(convert_to($1, 'UTF8')) FOR UPDATE SKIP LOCKED)
)
INSERT INTO provider_pause AS p (credential, until)
VALUES (sha256(convert_to($1, 'UTF8')), now() + $2::bigint * interval '1 millisecond')
ON CONFLICT (credential) DO UPDATE SET until = greatest(p.until, excluded.until)
