-- INTERSECT ALL of rows that come and rows that change.
-- Over: orders, stock
SELECT item FROM orders INTERSECT ALL SELECT item FROM stock;
-- Flink 2.3 gives:
--   ant
--   ant
--   bee
--   bee
--   bee
--   cat
