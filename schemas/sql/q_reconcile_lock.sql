-- One reconciler for the fleet; the lock ends with the transaction.
SELECT pg_try_advisory_xact_lock(hashtextextended('syncline reconcile', 0)) AS locked
