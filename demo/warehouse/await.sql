-- Waits until every job has committed all that its sources held.
CALL sys.await_jobs();
