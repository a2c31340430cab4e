-- The greatest counts: they only rise.
-- Over: orders
SELECT item, c FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY c DESC) AS n FROM (SELECT item, COUNT(*) AS c FROM orders WHERE item IS NOT NULL GROUP BY item)) WHERE n <= 2;
-- Flink 2.3 gives:
--   ant | 7
--   bee | 4
