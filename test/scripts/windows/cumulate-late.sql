-- Late rows are left out, by CUMULATE windows that are over.
-- Over: late_orders
-- Compare: changes
SELECT window_start, window_end, COUNT(*), SUM(qty), MIN(item)
FROM TABLE(CUMULATE(TABLE late_orders, DESCRIPTOR(ts), INTERVAL '15' SECOND, INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
-- Flink 2.3 gives:
--   +I 2024-03-01 10:00:00.000 | 2024-03-01 10:00:15.000 | 6 | 63 | ant
--   +I 2024-03-01 10:00:00.000 | 2024-03-01 10:00:30.000 | 9 | 511 | ant
--   +I 2024-03-01 10:00:00.000 | 2024-03-01 10:00:45.000 | 11 | 2047 | ant
--   +I 2024-03-01 10:00:00.000 | 2024-03-01 10:01:00.000 | 11 | 2047 | ant
