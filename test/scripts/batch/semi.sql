-- IN a sub-query.
-- Over: orders, payments
SET 'execution.runtime-mode' = 'batch';
SELECT order_id FROM orders WHERE order_id NOT IN (SELECT order_id FROM payments WHERE order_id IS NOT NULL);
-- Flink 2.3 gives:
--   10
--   11
--   14
--   16
--   17
--   18
--   20
--   5
--   6
--   7
