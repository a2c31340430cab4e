-- Deviations of rows that only come.
-- Over: orders
SELECT item, CAST(STDDEV_POP(qty) AS DECIMAL(10, 4)), CAST(VAR_SAMP(qty) AS DECIMAL(10, 4)), CAST(VAR_POP(qty) AS DECIMAL(10, 4)) FROM orders GROUP BY item;
-- Flink 2.3 gives:
--   <NULL> | 1.0000 | 2.0000 | 1.0000
--   ant | 2.0000 | 7.0000 | 6.0000
--   bee | 0.0000 | 0.0000 | 0.0000
--   cat | 1.0000 | 2.0000 | 1.0000
--   dog | 0.0000 | 0.0000 | 0.0000
