-- FULL JOIN in bundles: what is left is the same.
-- Over: users, stock
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
SELECT u.user_id, u.city, s.shop, s.item, s.amount FROM users AS u FULL JOIN stock AS s ON u.score = CASE s.item WHEN 'ant' THEN 30 WHEN 'bee' THEN 5 ELSE 20 END;
-- Flink 2.3 gives:
--   1 | Bern | <NULL> | <NULL> | <NULL>
--   2 | Rome | north | ant | 5
--   2 | Rome | north | ant | 5
--   3 | Oslo | north | cat | 1
--   3 | Oslo | south | eel | 4
--   4 | Oslo | east | bee | 9
--   4 | Oslo | south | bee | 9
--   4 | Oslo | south | bee | 9
--   5 | Rome | <NULL> | <NULL> | <NULL>
