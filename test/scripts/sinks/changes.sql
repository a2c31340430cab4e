-- All changes go into the sink.
-- Over: users
CREATE TABLE outcome (city STRING, n BIGINT, total INT) WITH ('connector' = 'filesystem', 'path' = '${out}/outcome', 'format' = 'debezium-json');
INSERT INTO outcome SELECT city, COUNT(*), SUM(score) FROM users GROUP BY city;
-- Flink 2.3 gives:
--   Bern | 1 | 12
--   Oslo | 2 | 25
--   Rome | 2 | 55
