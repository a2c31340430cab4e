-- Both sides are unique by the join key.
-- Over: orders, stock
SELECT a.item, a.n, b.total FROM (SELECT item, COUNT(*) AS n FROM orders GROUP BY item) AS a
FULL JOIN (SELECT item, SUM(amount) AS total FROM stock GROUP BY item) AS b ON a.item = b.item;
-- Flink 2.3 gives:
--   <NULL> | 2 | <NULL>
--   <NULL> | <NULL> | 4
--   ant | 7 | 10
--   bee | 4 | 27
--   cat | 4 | 1
--   dog | 3 | <NULL>
