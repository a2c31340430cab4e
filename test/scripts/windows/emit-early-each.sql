-- A result with each row of an open window.
-- Over: late_orders
-- Compare: changes
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '0 s';
SELECT TUMBLE_START(ts, INTERVAL '20' SECOND), item, SUM(qty) FROM late_orders GROUP BY TUMBLE(ts, INTERVAL '20' SECOND), item;
-- Flink 2.3 gives:
--   +I 2024-03-01 10:00:00.000 | ant | 1
--   -U 2024-03-01 10:00:00.000 | ant | 1
--   +U 2024-03-01 10:00:00.000 | ant | 3
--   +I 2024-03-01 10:00:00.000 | bee | 4
--   -U 2024-03-01 10:00:00.000 | ant | 3
--   +U 2024-03-01 10:00:00.000 | ant | 11
--   -U 2024-03-01 10:00:00.000 | ant | 11
--   +U 2024-03-01 10:00:00.000 | ant | 27
--   -U 2024-03-01 10:00:00.000 | bee | 4
--   +U 2024-03-01 10:00:00.000 | bee | 36
--   +I 2024-03-01 10:00:20.000 | ant | 64
--   -U 2024-03-01 10:00:20.000 | ant | 64
--   +U 2024-03-01 10:00:20.000 | ant | 576
--   -U 2024-03-01 10:00:20.000 | ant | 576
--   +U 2024-03-01 10:00:20.000 | ant | 1600
