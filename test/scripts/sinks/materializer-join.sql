-- Partners of a join under the key of one side.
-- By hand: it needs a database.
-- Over: orders, payments
CREATE TABLE outcome (order_id INT, pay_id INT, PRIMARY KEY (order_id) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:outcome.db', 'table-name' = 'outcome');
INSERT INTO outcome SELECT o.order_id, MAX(p.pay_id) FROM orders AS o JOIN payments AS p ON o.order_id = p.order_id GROUP BY o.order_id;
-- By hand:
--   1 | 901
--   12 | 909
--   13 | 911
--   15 | 913
--   19 | 914
--   2 | 903
--   3 | 902
--   4 | 905
--   8 | 907
--   9 | 910
