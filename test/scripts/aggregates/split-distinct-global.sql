-- The same without GROUP BY, over rows that go.
-- Over: stock
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
SET 'table.optimizer.distinct-agg.split.enabled' = 'true';
SELECT COUNT(DISTINCT item), COUNT(DISTINCT shop), SUM(amount) FROM stock;
-- Flink 2.3 gives:
--   4 | 3 | 42
