-- A partition without rows for a second is not waited for; what comes of it then is late.
-- By hand: it needs a broker, and a clock.
-- Only straight: a source that starts again is not idle at once.
-- Compare: changes
CREATE TABLE parts (v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (
  'connector' = 'kafka', 'topic' = 'parts', 'properties.bootstrap.servers' = 'embedded', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json',
  'scan.watermark.idle-timeout' = '1 s'
);
/* parts
@1 1, "2024-03-01 10:00:01"
@0 2, "2024-03-01 10:00:02"
wait 2000
@0 4, "2024-03-01 10:00:15"
wait 200
@0 8, "2024-03-01 10:00:25"
@1 16, "2024-03-01 10:00:05"
@1 32, "2024-03-01 10:00:27"
@0 64, "2024-03-01 10:00:28"
*/
SELECT window_start, COUNT(*), SUM(v) FROM TABLE(TUMBLE(TABLE parts, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
-- By hand:
--   +I 2024-03-01 10:00:00.000 | 2 | 3
--   +I 2024-03-01 10:00:10.000 | 1 | 4
--   +I 2024-03-01 10:00:20.000 | 3 | 104
