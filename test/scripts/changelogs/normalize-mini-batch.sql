-- The same in bundles.
-- Over: users
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
SET 'table.exec.source.cdc-events-duplicate' = 'true';
SELECT city, COUNT(*), SUM(score) FROM users GROUP BY city;
-- Flink 2.3 gives:
--   Bern | 1 | 12
--   Oslo | 2 | 25
--   Rome | 2 | 55
