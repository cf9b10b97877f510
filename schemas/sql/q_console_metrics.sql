-- Samples of the console's readings (common/stats.def), those of one reading together: label is the first of its labels, second
-- the second. Of readings that name accounts $1 at most, the greatest.
WITH unfinished AS (
	SELECT shown_state(s) AS state, count(*) AS syncs, extract(epoch FROM now() - min(queued_at)) AS oldest
	FROM sync s WHERE ended_at IS NULL AND state <> 'joined' GROUP BY 1
), states AS (
	SELECT state, coalesce(u.syncs, 0) AS syncs, coalesce(u.oldest, 0) AS oldest
	FROM unnest(ARRAY['queued', 'scheduled', 'running', 'throttled', 'paused', 'needs_auth', 'cancelling']) AS state
	LEFT JOIN unfinished u USING (state)
), complete AS (
	-- In every category that the rule's runs read. A column that is NULL was never complete.
	SELECT a.name, r.last_at, CASE WHEN bool_and(l.complete_at IS NOT NULL) THEN min(l.complete_at) ELSE a.created_at END AS at
	FROM schedule r JOIN account a USING (account_id) JOIN sync s ON s.sync_id = r.last_sync
	CROSS JOIN unnest(string_to_array(s.categories, ',')) AS wanted(category)
	LEFT JOIN library l ON l.account_id = a.account_id AND l.category = wanted.category
	WHERE NOT r.paused AND coalesce(a.paused_until <= now(), true)
	GROUP BY a.account_id, r.last_at
), pauses AS (
	SELECT count(*) AS pauses, coalesce(extract(epoch FROM max(until) - now()), 0) AS longest
	FROM provider_pause WHERE until > now()
)
SELECT 'syncline_accounts' AS reading, '' AS label, '' AS second, (SELECT count(*) FROM account) AS sample
UNION ALL
SELECT 'syncline_syncs', state, '', syncs FROM states
UNION ALL
SELECT 'syncline_syncs_oldest_seconds', state, '', oldest FROM states
UNION ALL
(SELECT 'syncline_account_complete_age_seconds', name, '', CASE WHEN last_at > at THEN extract(epoch FROM now() - at) ELSE 0 END
 FROM complete ORDER BY 4 DESC LIMIT $1::int)
UNION ALL
(SELECT 'syncline_account_held_removals', a.name, h.category, h.held
 FROM library_held h JOIN account a USING (account_id) ORDER BY 4 DESC LIMIT $1::int)
UNION ALL
(SELECT 'syncline_account_needs_auth', name, '', 1 FROM account WHERE needs_auth_epoch IS NOT NULL ORDER BY name LIMIT $1::int)
UNION ALL
(SELECT 'syncline_account_rejects_open', coalesce(a.name, ''), '', count(*)
 FROM reject_state r LEFT JOIN account a USING (account_id)
 WHERE r.state = 'open' GROUP BY a.name ORDER BY 4 DESC LIMIT $1::int)
UNION ALL
SELECT 'syncline_provider_pauses', '', '', pauses FROM pauses
UNION ALL
SELECT 'syncline_provider_pause_seconds', '', '', longest FROM pauses
UNION ALL
SELECT 'syncline_schedule_late_seconds', '', '', (
	SELECT coalesce(extract(epoch FROM greatest(now() - min(next_at), interval '0')), 0) FROM schedule WHERE NOT paused)
UNION ALL
SELECT 'syncline_webhooks_given_up', '', '', (
	SELECT count(*) FROM webhook_delivery
	WHERE next_at IS NULL AND delivered_at IS NULL AND type <> 'webhook.test' AND at > now() - interval '1 day')
UNION ALL
SELECT 'syncline_webhooks_late_seconds', '', '', (
	SELECT coalesce(extract(epoch FROM greatest(now() - min(d.next_at), interval '0')), 0)
	FROM webhook_delivery d JOIN webhook w USING (webhook_id) WHERE w.off_at IS NULL AND d.next_at IS NOT NULL)
