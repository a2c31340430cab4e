-- Times of processing: all rows come within the hour.
-- Over: orders, payments
SELECT o.order_id, p.pay_id FROM (SELECT *, PROCTIME() AS proc FROM orders) AS o JOIN (SELECT *, PROCTIME() AS proc FROM payments) AS p
  ON o.order_id = p.order_id AND o.proc BETWEEN p.proc - INTERVAL '1' HOUR AND p.proc + INTERVAL '1' HOUR;
-- Flink 2.3 gives:
--   1 | 901
--   12 | 909
--   13 | 911
--   15 | 912
--   15 | 913
--   19 | 914
--   2 | 903
--   3 | 902
--   4 | 904
--   4 | 905
--   8 | 907
--   9 | 910
