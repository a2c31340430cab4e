-- FULL JOIN in bundles of sides that have keys.
-- Over: orders, users
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
SELECT u.user_id, u.city, a.n, a.total FROM users AS u FULL JOIN (
  SELECT user_id, COUNT(*) AS n, SUM(qty) AS total FROM orders GROUP BY user_id
) AS a ON u.user_id = a.user_id;
-- Flink 2.3 gives:
--   1 | Bern | 5 | 14
--   2 | Rome | 5 | 17
--   3 | Oslo | 3 | 7
--   4 | Oslo | 3 | 12
--   5 | Rome | 2 | 5
--   <NULL> | <NULL> | 2 | 7
