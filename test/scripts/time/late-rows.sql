-- Rows behind the watermark, found by it.
-- Over: late_orders
-- Compare: changes
SELECT order_id, ts FROM late_orders WHERE CURRENT_WATERMARK(ts) IS NOT NULL AND ts <= CURRENT_WATERMARK(ts);
-- Flink 2.3 gives:
--   +I 4 | 2024-03-01 10:00:03.000
--   +I 5 | 2024-03-01 10:00:11.000
--   +I 8 | 2024-03-01 10:00:05.000
--   +I 9 | 2024-03-01 10:00:19.000
--   +I 11 | 2024-03-01 10:00:26.000
