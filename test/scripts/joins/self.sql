-- A table with itself.
-- Over: users
SELECT a.name, b.name FROM users AS a JOIN users AS b ON a.city = b.city AND a.user_id < b.user_id;
-- Flink 2.3 gives:
--   Bea | Eve
--   Cyd | Dan
