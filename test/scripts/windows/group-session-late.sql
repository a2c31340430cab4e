-- The older SESSION leaves late rows out.
-- Over: late_orders
-- Compare: changes
SELECT SESSION_START(ts, INTERVAL '6' SECOND), SESSION_ROWTIME(ts, INTERVAL '6' SECOND), SUM(qty), COUNT(DISTINCT item)
FROM late_orders GROUP BY SESSION(ts, INTERVAL '6' SECOND);
-- Flink 2.3 gives:
--   +I 2024-03-01 10:00:01.000 | 2024-03-01 10:00:09.999 | 3 | 1
--   +I 2024-03-01 10:00:11.000 | 2024-03-01 10:00:18.999 | 52 | 2
--   +I 2024-03-01 10:00:19.000 | 2024-03-01 10:00:36.999 | 1856 | 2
