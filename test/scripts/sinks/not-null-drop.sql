-- Rows without a value are dropped.
-- Over: orders
SET 'table.exec.sink.not-null-enforcer' = 'DROP';
CREATE TABLE outcome (order_id INT, user_id INT NOT NULL) WITH ('connector' = 'filesystem', 'path' = '${out}/outcome', 'format' = 'debezium-json');
INSERT INTO outcome SELECT order_id, user_id FROM orders;
-- Flink 2.3 gives:
--   1 | 1
--   10 | 3
--   12 | 4
--   13 | 5
--   14 | 1
--   15 | 2
--   16 | 4
--   17 | 5
--   18 | 3
--   19 | 1
--   2 | 2
--   20 | 2
--   3 | 1
--   5 | 3
--   6 | 2
--   7 | 1
--   8 | 4
--   9 | 2
