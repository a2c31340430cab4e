-- The two greatest with their numbers, by another key: what is pushed out goes from the sink.
-- By hand: Flink 2.3 leaves it there.
-- Over: orders
CREATE TABLE outcome (order_id INT, qty INT, n BIGINT, PRIMARY KEY (order_id) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:outcome.db', 'table-name' = 'outcome');
INSERT INTO outcome SELECT order_id, qty, n FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY qty DESC NULLS LAST, order_id) AS n FROM orders) WHERE n <= 2;
-- By hand:
--   20 | 8 | 2
--   8 | 9 | 1
