-- Set operations.
-- Over: orders, payments
SET 'execution.runtime-mode' = 'batch';
SELECT order_id FROM orders EXCEPT SELECT order_id FROM payments;
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
