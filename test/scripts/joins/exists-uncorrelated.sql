-- EXISTS that asks for any row.
-- Over: users, orders
SELECT name FROM users WHERE EXISTS (SELECT 1 FROM orders WHERE qty > 8);
-- Flink 2.3 gives:
--   Ann
--   Bea
--   Cyd
--   Dan
--   Eve
