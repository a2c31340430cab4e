-- Sides that are unique by other columns than the join key.
-- Over: orders, users
SELECT u.user_id, u.city, a.item, a.n FROM users AS u
LEFT JOIN (SELECT item, MAX(user_id) AS buyer, COUNT(*) AS n FROM orders GROUP BY item) AS a ON a.buyer = u.user_id;
-- Flink 2.3 gives:
--   1 | Bern | <NULL> | <NULL>
--   2 | Rome | <NULL> | <NULL>
--   3 | Oslo | <NULL> | 2
--   3 | Oslo | cat | 4
--   4 | Oslo | bee | 4
--   5 | Rome | ant | 7
--   5 | Rome | dog | 3
