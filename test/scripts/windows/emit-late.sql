-- Late rows change the result of a window for half a minute.
-- Over: late_orders
-- Compare: changes
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '0 s';
SET 'table.exec.emit.allow-lateness' = '15 s';
SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), item, SUM(qty), COUNT(*) FROM late_orders GROUP BY TUMBLE(ts, INTERVAL '10' SECOND), item;
-- Flink 2.3 gives:
--   +I 2024-03-01 10:00:00.000 | ant | 3 | 2
--   -U 2024-03-01 10:00:00.000 | ant | 3 | 2
--   +U 2024-03-01 10:00:00.000 | ant | 11 | 3
--   +I 2024-03-01 10:00:10.000 | bee | 36 | 2
--   +I 2024-03-01 10:00:10.000 | ant | 16 | 1
--   -U 2024-03-01 10:00:10.000 | bee | 36 | 2
--   +U 2024-03-01 10:00:10.000 | bee | 292 | 3
--   +I 2024-03-01 10:00:20.000 | ant | 64 | 1
--   -U 2024-03-01 10:00:20.000 | ant | 64 | 1
--   +U 2024-03-01 10:00:20.000 | ant | 1088 | 2
--   +I 2024-03-01 10:00:30.000 | ant | 512 | 1
