-- The older TUMBLE leaves late rows out.
-- Over: late_orders
-- Compare: changes
SELECT TUMBLE_START(ts, INTERVAL '20' SECOND), TUMBLE_ROWTIME(ts, INTERVAL '20' SECOND), SUM(qty), COUNT(DISTINCT item)
FROM late_orders GROUP BY TUMBLE(ts, INTERVAL '20' SECOND);
-- Flink 2.3 gives:
--   +I 2024-03-01 10:00:00.000 | 2024-03-01 10:00:19.999 | 63 | 2
--   +I 2024-03-01 10:00:20.000 | 2024-03-01 10:00:39.999 | 1600 | 1
