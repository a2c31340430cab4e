-- Late rows are left out, by HOP windows that are over.
-- Over: late_orders
-- Compare: changes
SELECT window_start, window_end, COUNT(*), SUM(qty), MIN(item)
FROM TABLE(HOP(TABLE late_orders, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND)) GROUP BY window_start, window_end;
-- Flink 2.3 gives:
--   +I 2024-03-01 09:59:40.000 | 2024-03-01 10:00:10.000 | 2 | 3 | ant
--   +I 2024-03-01 09:59:50.000 | 2024-03-01 10:00:20.000 | 6 | 63 | ant
--   +I 2024-03-01 10:00:00.000 | 2024-03-01 10:00:30.000 | 9 | 511 | ant
--   +I 2024-03-01 10:00:10.000 | 2024-03-01 10:00:40.000 | 7 | 1908 | ant
--   +I 2024-03-01 10:00:20.000 | 2024-03-01 10:00:50.000 | 3 | 1600 | ant
--   +I 2024-03-01 10:00:30.000 | 2024-03-01 10:01:00.000 | 1 | 512 | ant
