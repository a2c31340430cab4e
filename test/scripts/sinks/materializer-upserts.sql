-- The newest of the rows with one key stays; when it goes, the one before it comes back.
-- By hand: it needs a database.
-- Over: users
CREATE TABLE outcome (city STRING, name STRING, score INT, PRIMARY KEY (city) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:outcome.db', 'table-name' = 'outcome');
INSERT INTO outcome SELECT city, name, score FROM users WHERE city IS NOT NULL;
-- By hand:
--   Bern | Ann | 12
--   Oslo | Dan | 5
--   Rome | Eve | 25
