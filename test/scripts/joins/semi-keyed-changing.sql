-- IN over a side without a key that changes.
-- Over: users, stock
SELECT user_id, name, score FROM users WHERE score IN (SELECT amount * 6 FROM stock);
-- Flink 2.3 gives:
--   2 | Bea | 30
