-- The same over windows that overlap.
-- Over: late_orders
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '0 s';
SET 'table.exec.emit.allow-lateness' = '15 s';
SELECT HOP_START(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND), SUM(qty) FROM late_orders GROUP BY HOP(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND);
-- Flink 2.3 gives:
--   2024-03-01 09:59:50.000 | 11
--   2024-03-01 10:00:00.000 | 447
--   2024-03-01 10:00:10.000 | 1396
--   2024-03-01 10:00:20.000 | 1600
--   2024-03-01 10:00:30.000 | 512
