-- Groups leave at the end.
-- Over: orders
SET 'execution.runtime-mode' = 'batch';
SELECT item, COUNT(*), SUM(qty), MAX(price), COUNT(DISTINCT user_id) FROM orders GROUP BY item;
-- Flink 2.3 gives:
--   <NULL> | 2 | 12 | 1.00 | 1
--   ant | 7 | 32 | 3.25 | 5
--   bee | 4 | 7 | 7.75 | 2
--   cat | 4 | 7 | 31.00 | 3
--   dog | 3 | 4 | 120.00 | 3
