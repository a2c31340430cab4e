-- A partition that is behind is not late for one that is ahead.
-- By hand: it needs a broker.
-- Compare: changes
CREATE TABLE parts (v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (
  'connector' = 'kafka', 'topic' = 'parts', 'properties.bootstrap.servers' = 'embedded', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json'
);
/* parts
@0 1, "2024-03-01 10:00:01"
@0 2, "2024-03-01 10:00:12"
@1 4, "2024-03-01 10:00:03"
@0 8, "2024-03-01 10:00:25"
@1 16, "2024-03-01 10:00:08"
@1 32, "2024-03-01 10:00:14"
@0 64, "2024-03-01 10:00:13"
@1 128, "2024-03-01 10:00:31"
@0 256, "2024-03-01 10:00:32"
*/
SELECT window_start, COUNT(*), SUM(v) FROM TABLE(TUMBLE(TABLE parts, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
-- By hand:
--   +I 2024-03-01 10:00:00.000 | 3 | 21
--   +I 2024-03-01 10:00:10.000 | 3 | 98
--   +I 2024-03-01 10:00:20.000 | 1 | 8
--   +I 2024-03-01 10:00:30.000 | 2 | 384
