-- What is in the changing table and not in the other.
-- Over: orders, stock
SELECT item FROM stock EXCEPT SELECT item FROM orders;
-- Flink 2.3 gives:
--   eel
