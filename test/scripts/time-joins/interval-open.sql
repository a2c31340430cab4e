-- Bounds that are not included, before the order only.
-- Over: orders, payments
SELECT o.order_id, p.pay_id FROM orders AS o JOIN payments AS p ON o.order_id = p.order_id
  AND p.ts > o.ts AND p.ts < o.ts + INTERVAL '25.5' SECOND;
-- Flink 2.3 gives:
--   1 | 901
--   12 | 909
--   13 | 911
--   15 | 912
--   19 | 914
--   3 | 902
--   4 | 904
--   4 | 905
--   8 | 907
