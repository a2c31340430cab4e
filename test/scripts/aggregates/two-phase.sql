-- Bundles are summed before they are shuffled.
-- Over: orders
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
SET 'table.optimizer.agg-phase-strategy' = 'TWO_PHASE';
SELECT item, COUNT(*), SUM(qty), MAX(price), AVG(qty) FROM orders GROUP BY item;
-- Flink 2.3 gives:
--   <NULL> | 2 | 12 | 1.00 | 6
--   ant | 7 | 32 | 3.25 | 5
--   bee | 4 | 7 | 7.75 | 1
--   cat | 4 | 7 | 31.00 | 2
--   dog | 3 | 4 | 120.00 | 1
