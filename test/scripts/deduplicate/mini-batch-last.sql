-- The last order in event time, in bundles.
-- Over: orders
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
SELECT user_id, order_id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY ts DESC) AS n FROM orders) WHERE n = 1;
-- Flink 2.3 gives:
--   1 | 19
--   2 | 20
--   3 | 18
--   4 | 16
--   5 | 17
--   <NULL> | 11
