-- Bundles of rows: what is left is the same.
-- Over: orders
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
SET 'table.optimizer.agg-phase-strategy' = 'ONE_PHASE';
SELECT item, COUNT(*), SUM(qty), MAX(price) FROM orders GROUP BY item;
-- Flink 2.3 gives:
--   <NULL> | 2 | 12 | 1.00
--   ant | 7 | 32 | 3.25
--   bee | 4 | 7 | 7.75
--   cat | 4 | 7 | 31.00
--   dog | 3 | 4 | 120.00
