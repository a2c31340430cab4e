-- UNION of rows that come and rows that change.
-- Over: orders, stock
SELECT item FROM orders UNION SELECT item FROM stock;
-- Flink 2.3 gives:
--   <NULL>
--   ant
--   bee
--   cat
--   dog
--   eel
