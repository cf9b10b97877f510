-- When the clocks of a zone ($2) show a local time ($1), as ms since 1970. A time that is left out in spring is taken an hour
-- later, one that comes twice in autumn the first time.
SELECT (extract(epoch FROM $1::timestamp AT TIME ZONE $2) * 1000)::bigint AS ms
