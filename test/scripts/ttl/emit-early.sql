-- An open window gives a result each five seconds.
-- By hand: it needs a clock.
-- Compare: changes
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '5 s';
CREATE TABLE e (n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${rows}/e', 'format' = 'json');
/* e
1, "2024-03-01 10:00:01"
2, "2024-03-01 10:00:02"
wait 6000
4, "2024-03-01 10:00:03"
wait 6000
8, "2024-03-01 10:01:05"
*/
SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE), SUM(n) FROM e GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE);
-- By hand:
--   +I 2024-03-01 10:00:00.000 | 3
--   -U 2024-03-01 10:00:00.000 | 3
--   +U 2024-03-01 10:00:00.000 | 7
--   +I 2024-03-01 10:01:00.000 | 8
