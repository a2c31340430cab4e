-- Bundles with values that count once.
-- Over: stock
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
SELECT shop, COUNT(DISTINCT item), SUM(DISTINCT amount), COUNT(*) FROM stock GROUP BY shop;
-- Flink 2.3 gives:
--   east | 1 | 9 | 1
--   north | 2 | 6 | 3
--   south | 2 | 13 | 3
