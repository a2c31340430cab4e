-- Rows in order.
-- Over: orders
SET 'execution.runtime-mode' = 'batch';
SELECT order_id, qty FROM orders ORDER BY qty DESC NULLS LAST, order_id LIMIT 10 OFFSET 3;
-- Flink 2.3 gives:
--   1 | 4
--   12 | 2
--   13 | 2
--   14 | 6
--   15 | 4
--   17 | 3
--   18 | 2
--   3 | 2
--   5 | 5
--   6 | 3
