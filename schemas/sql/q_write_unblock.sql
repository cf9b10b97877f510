-- Ends the sessions of writers that have stood still inside a transaction while their server waits for them: stopped, or cut
-- off without a word. Where such a session is idle its own idle_in_transaction_session_timeout ends it; in the middle of a
-- COPY no timeout of Postgres does. A writer that lives on connects again and repeats its batch.
SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity
WHERE application_name = 'syncline-writer' AND usename = current_user AND datname = current_database()
  AND pid <> pg_backend_pid() AND wait_event = 'ClientRead' AND xact_start IS NOT NULL
  AND query_start < now() - interval '5 seconds'
