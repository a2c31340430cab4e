-- The first rows of those that change: one that goes lets the next one in.
-- By hand: Flink 2.3 reads no more than three changes of the table.
-- Over: users
SELECT user_id, name FROM users LIMIT 3;
-- By hand:
--   2 | Bea
--   3 | Cyd
--   4 | Dan
