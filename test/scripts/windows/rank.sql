-- The two best of each window.
-- Over: orders
SELECT window_start, item, total, n FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY total DESC, item) AS n FROM (
    SELECT window_start, window_end, item, SUM(qty) AS total FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY window_start, window_end, item)
) WHERE n <= 2;
-- Flink 2.3 gives:
--   2024-03-01 10:00:00.000 | <NULL> | 5 | 2
--   2024-03-01 10:00:00.000 | ant | 6 | 1
--   2024-03-01 10:00:20.000 | ant | 9 | 1
--   2024-03-01 10:00:20.000 | cat | 1 | 2
--   2024-03-01 10:00:40.000 | <NULL> | 7 | 1
--   2024-03-01 10:00:40.000 | ant | 6 | 2
--   2024-03-01 10:01:00.000 | cat | 4 | 1
--   2024-03-01 10:01:00.000 | dog | 2 | 2
--   2024-03-01 10:01:40.000 | ant | 3 | 1
--   2024-03-01 10:02:20.000 | ant | 8 | 1
--   2024-03-01 10:02:20.000 | cat | 2 | 2
