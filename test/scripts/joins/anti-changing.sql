-- NOT EXISTS over sides that change.
-- Over: users, stock
SELECT user_id, name, score FROM users AS u WHERE NOT EXISTS (SELECT 1 FROM stock AS s WHERE s.amount * 6 = u.score);
-- Flink 2.3 gives:
--   1 | Ann | 12
--   3 | Cyd | 20
--   4 | Dan | 5
--   5 | Eve | 25
