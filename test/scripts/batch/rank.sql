-- The best of each item.
-- Over: orders
SET 'execution.runtime-mode' = 'batch';
SELECT item, order_id, r FROM (SELECT *, RANK() OVER (PARTITION BY item ORDER BY price DESC) AS r FROM orders) WHERE r <= 2;
-- Flink 2.3 gives:
--   <NULL> | 11 | 1
--   <NULL> | 5 | 2
--   ant | 14 | 2
--   ant | 17 | 2
--   ant | 20 | 1
--   bee | 16 | 2
--   bee | 2 | 2
--   bee | 6 | 1
--   cat | 15 | 1
--   cat | 4 | 2
--   dog | 19 | 2
--   dog | 9 | 1
