-- A sub-query that gives one value.
-- Over: users, orders
SELECT name, score FROM users WHERE score > (SELECT AVG(qty) * 3 FROM orders);
-- Flink 2.3 gives:
--   Ann | 12
--   Bea | 30
--   Cyd | 20
--   Eve | 25
