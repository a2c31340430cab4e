-- Windows over rows that change.
-- Over: rates
SELECT window_start, COUNT(*), SUM(rate), MIN(item) FROM TABLE(TUMBLE(TABLE rates, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
-- Flink 2.3 gives:
--   2024-03-01 10:00:00.000 | 2 | 3.60 | ant
--   2024-03-01 10:01:00.000 | 2 | 6.20 | ant
--   2024-03-01 10:02:00.000 | 2 | 15.00 | cat
