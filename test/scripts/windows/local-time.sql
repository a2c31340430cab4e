-- Windows of a time with a zone are cut in local time.
-- Over: orders
-- Compare: changes
SET 'table.local-time-zone' = 'America/New_York';
CREATE TABLE zoned_orders (item STRING, qty INT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${rows}/zoned_orders', 'format' = 'json');
/* zoned_orders
"ant", 1, "2024-03-10 03:30:00Z"
"bee", 2, "2024-03-10 20:00:00Z"
"ant", 4, "2024-03-11 03:59:59Z"
"bee", 8, "2024-03-11 04:00:00Z"
*/
CREATE VIEW zoned AS SELECT item, qty, ts FROM zoned_orders;
SELECT window_start, window_end, SUM(qty) FROM TABLE(TUMBLE(TABLE zoned, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end;
-- Flink 2.3 gives:
--   +I 2024-03-09 00:00:00.000 | 2024-03-10 00:00:00.000 | 1
--   +I 2024-03-10 00:00:00.000 | 2024-03-11 00:00:00.000 | 6
--   +I 2024-03-11 00:00:00.000 | 2024-03-12 00:00:00.000 | 8
