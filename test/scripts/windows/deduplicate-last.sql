-- The last row of each item in a window.
-- Over: orders
SELECT window_start, item, order_id FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, item ORDER BY ts DESC) AS n
  FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '20' SECOND))
) WHERE n = 1;
-- Flink 2.3 gives:
--   2024-03-01 10:00:00.000 | <NULL> | 5
--   2024-03-01 10:00:00.000 | ant | 3
--   2024-03-01 10:00:00.000 | bee | 6
--   2024-03-01 10:00:00.000 | cat | 4
--   2024-03-01 10:00:20.000 | ant | 10
--   2024-03-01 10:00:20.000 | cat | 7
--   2024-03-01 10:00:20.000 | dog | 9
--   2024-03-01 10:00:40.000 | <NULL> | 11
--   2024-03-01 10:00:40.000 | ant | 14
--   2024-03-01 10:00:40.000 | bee | 12
--   2024-03-01 10:01:00.000 | bee | 16
--   2024-03-01 10:01:00.000 | cat | 15
--   2024-03-01 10:01:00.000 | dog | 13
--   2024-03-01 10:01:40.000 | ant | 17
--   2024-03-01 10:02:20.000 | ant | 20
--   2024-03-01 10:02:20.000 | cat | 18
--   2024-03-01 10:02:20.000 | dog | 19
