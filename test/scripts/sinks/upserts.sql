-- A sink that folds by its key takes no -U.
-- By hand: it needs a database.
-- Over: users
CREATE TABLE outcome (city STRING, n BIGINT, total INT, PRIMARY KEY (city) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:outcome.db', 'table-name' = 'outcome');
INSERT INTO outcome SELECT city, COUNT(*), SUM(score) FROM users WHERE city IS NOT NULL GROUP BY city;
-- By hand:
--   Bern | 1 | 12
--   Oslo | 2 | 25
--   Rome | 2 | 55
