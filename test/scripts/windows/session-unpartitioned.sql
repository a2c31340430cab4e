-- One session for all.
-- Over: clicks
-- Compare: changes
SELECT window_start, window_end, COUNT(*), COUNT(DISTINCT user_id)
FROM TABLE(SESSION(TABLE clicks, DESCRIPTOR(ts), INTERVAL '6' SECOND)) GROUP BY window_start, window_end;
-- Flink 2.3 gives:
--   +I 2024-03-01 10:00:00.000 | 2024-03-01 10:00:28.000 | 10 | 3
--   +I 2024-03-01 10:00:29.000 | 2024-03-01 10:00:35.000 | 1 | 1
--   +I 2024-03-01 10:00:41.000 | 2024-03-01 10:00:54.000 | 3 | 2
--   +I 2024-03-01 10:01:07.000 | 2024-03-01 10:01:16.000 | 2 | 2
--   +I 2024-03-01 10:01:30.000 | 2024-03-01 10:01:36.000 | 1 | 1
