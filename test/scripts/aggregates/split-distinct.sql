-- Values that count once, spread over buckets first.
-- Over: orders
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
SET 'table.optimizer.distinct-agg.split.enabled' = 'true';
SELECT item, COUNT(DISTINCT user_id), SUM(DISTINCT qty), COUNT(*), MAX(price) FROM orders GROUP BY item;
-- Flink 2.3 gives:
--   <NULL> | 1 | 12 | 2 | 1.00
--   ant | 5 | 32 | 7 | 3.25
--   bee | 2 | 6 | 4 | 7.75
--   cat | 3 | 7 | 4 | 31.00
--   dog | 3 | 3 | 3 | 120.00
