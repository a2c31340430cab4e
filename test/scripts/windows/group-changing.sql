-- The older windows over rows that change.
-- Over: rates
SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE), COUNT(*), SUM(rate), MAX(item) FROM rates GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE);
-- Flink 2.3 gives:
--   2024-03-01 10:00:00.000 | 2 | 3.60 | bee
--   2024-03-01 10:01:00.000 | 2 | 6.20 | cat
--   2024-03-01 10:02:00.000 | 2 | 15.00 | dog
