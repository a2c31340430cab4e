-- Late rows are left out, by TUMBLE windows that are over.
-- Over: late_orders
-- Compare: changes
SELECT window_start, window_end, COUNT(*), SUM(qty), MIN(item)
FROM TABLE(TUMBLE(TABLE late_orders, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY window_start, window_end;
-- Flink 2.3 gives:
--   +I 2024-03-01 10:00:00.000 | 2024-03-01 10:00:20.000 | 6 | 63 | ant
--   +I 2024-03-01 10:00:20.000 | 2024-03-01 10:00:40.000 | 3 | 1600 | ant
