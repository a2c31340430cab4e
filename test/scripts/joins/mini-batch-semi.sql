-- IN, in bundles.
-- Over: users, stock
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
SELECT user_id, name, score FROM users WHERE score IN (SELECT amount * 6 FROM stock);
-- Flink 2.3 gives:
--   2 | Bea | 30
