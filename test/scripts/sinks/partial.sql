-- Columns that are not named are null.
-- Over: users
CREATE TABLE outcome (name STRING, score INT, city STRING) WITH ('connector' = 'filesystem', 'path' = '${out}/outcome', 'format' = 'debezium-json');
INSERT INTO outcome (city, name) SELECT city, name FROM users;
-- Flink 2.3 gives:
--   Ann | <NULL> | Bern
--   Bea | <NULL> | Rome
--   Cyd | <NULL> | Oslo
--   Dan | <NULL> | Oslo
--   Eve | <NULL> | Rome
