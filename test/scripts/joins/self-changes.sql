-- A table with itself: each row goes to the first input, then to the second.
-- Over: users
SELECT a.name, b.score FROM users AS a JOIN users AS b ON a.user_id = b.user_id;
-- Flink 2.3 gives:
--   Ann | 12
--   Bea | 30
--   Cyd | 20
--   Dan | 5
--   Eve | 25
