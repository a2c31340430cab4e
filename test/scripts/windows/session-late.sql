-- A late row may fall into a session that is still there.
-- Over: late_orders
SELECT item, window_start, window_end, SUM(qty)
FROM TABLE(SESSION(TABLE late_orders PARTITION BY item, DESCRIPTOR(ts), INTERVAL '6' SECOND)) GROUP BY item, window_start, window_end;
-- Flink 2.3 gives:
--   ant | 2024-03-01 10:00:01.000 | 2024-03-01 10:00:10.000 | 3
--   ant | 2024-03-01 10:00:11.000 | 2024-03-01 10:00:17.000 | 16
--   ant | 2024-03-01 10:00:25.000 | 2024-03-01 10:00:37.000 | 1600
--   bee | 2024-03-01 10:00:12.000 | 2024-03-01 10:00:19.000 | 36
