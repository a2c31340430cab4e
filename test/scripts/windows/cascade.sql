-- Windows of windows, by window_time.
-- Over: orders
-- Compare: changes
CREATE VIEW small AS SELECT window_time AS rowtime, item, SUM(qty) AS qty
FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY window_start, window_end, window_time, item;
SELECT window_start, window_end, SUM(qty), COUNT(*) FROM TABLE(TUMBLE(TABLE small, DESCRIPTOR(rowtime), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
-- Flink 2.3 gives:
--   +I 2024-03-01 10:00:00.000 | 2024-03-01 10:01:00.000 | 41 | 10
--   +I 2024-03-01 10:01:00.000 | 2024-03-01 10:02:00.000 | 10 | 4
--   +I 2024-03-01 10:02:00.000 | 2024-03-01 10:03:00.000 | 11 | 3
