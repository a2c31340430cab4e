-- Texts are cut.
-- Over: users
SET 'table.exec.sink.type-length-enforcer' = 'TRIM_PAD';
CREATE TABLE outcome (name STRING, city VARCHAR(2)) WITH ('connector' = 'filesystem', 'path' = '${out}/outcome', 'format' = 'debezium-json');
INSERT INTO outcome SELECT name, city FROM users;
-- Flink 2.3 gives:
--   Ann | Be
--   Bea | Ro
--   Cyd | Os
--   Dan | Os
--   Eve | Ro
