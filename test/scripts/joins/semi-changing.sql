-- EXISTS over sides that change.
-- Over: users, stock
SELECT user_id, name FROM users AS u WHERE EXISTS (SELECT 1 FROM stock AS s WHERE s.amount * 4 = u.score OR s.amount = u.score);
-- Flink 2.3 gives:
--   3 | Cyd
--   4 | Dan
