-- INTERSECT of rows that come and rows that change.
-- Over: orders, stock
SELECT item FROM orders INTERSECT SELECT item FROM stock;
-- Flink 2.3 gives:
--   ant
--   bee
--   cat
