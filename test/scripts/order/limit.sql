-- The first rows that come.
-- Over: orders
-- Compare: changes
SELECT order_id FROM orders LIMIT 4;
-- Flink 2.3 gives:
--   +I 1
--   +I 2
--   +I 3
--   +I 4
