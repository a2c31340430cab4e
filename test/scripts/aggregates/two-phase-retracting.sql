-- Bundles in which rows come and go.
-- Over: users
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
SELECT city, COUNT(*), SUM(score), MIN(score), MAX(name) FROM users GROUP BY city;
-- Flink 2.3 gives:
--   Bern | 1 | 12 | 12 | Ann
--   Oslo | 2 | 25 | 5 | Dan
--   Rome | 2 | 55 | 25 | Eve
