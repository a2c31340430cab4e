-- Three tables, the last over an outer one.
-- Over: orders, payments, users
SELECT o.order_id, p.pay_id, u.name FROM orders AS o
LEFT JOIN payments AS p ON o.order_id = p.order_id
LEFT JOIN users AS u ON o.user_id = u.user_id;
-- Flink 2.3 gives:
--   1 | 901 | Ann
--   10 | <NULL> | Cyd
--   11 | <NULL> | <NULL>
--   12 | 909 | Dan
--   13 | 911 | Eve
--   14 | <NULL> | Ann
--   15 | 912 | Bea
--   15 | 913 | Bea
--   16 | <NULL> | Dan
--   17 | <NULL> | Eve
--   18 | <NULL> | Cyd
--   19 | 914 | Ann
--   2 | 903 | Bea
--   20 | <NULL> | Bea
--   3 | 902 | Ann
--   4 | 904 | <NULL>
--   4 | 905 | <NULL>
--   5 | <NULL> | Cyd
--   6 | <NULL> | Bea
--   7 | <NULL> | Ann
--   8 | 907 | Dan
--   9 | 910 | Bea
