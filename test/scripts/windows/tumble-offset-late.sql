-- Late rows are left out, by TUMBLE windows that are over.
-- Over: late_orders
-- Compare: changes
SELECT window_start, window_end, COUNT(*), SUM(qty), MIN(item)
FROM TABLE(TUMBLE(TABLE late_orders, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '7' SECOND)) GROUP BY window_start, window_end;
-- Flink 2.3 gives:
--   +I 2024-03-01 09:59:47.000 | 2024-03-01 10:00:07.000 | 2 | 3 | ant
--   +I 2024-03-01 10:00:07.000 | 2024-03-01 10:00:27.000 | 5 | 372 | ant
--   +I 2024-03-01 10:00:27.000 | 2024-03-01 10:00:47.000 | 1 | 512 | ant
