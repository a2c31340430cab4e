-- JOIN of rows whose times are near each other.
-- Over: orders, payments
SELECT o.order_id, p.pay_id, o.ts FROM orders AS o JOIN payments AS p ON o.order_id = p.order_id AND p.ts BETWEEN o.ts - INTERVAL '2' SECOND AND o.ts + INTERVAL '20' SECOND;
-- Flink 2.3 gives:
--   1 | 901 | 2024-03-01 10:00:01.000
--   12 | 909 | 2024-03-01 10:00:58.000
--   15 | 912 | 2024-03-01 10:01:15.000
--   19 | 914 | 2024-03-01 10:02:30.000
--   3 | 902 | 2024-03-01 10:00:03.000
--   8 | 907 | 2024-03-01 10:00:20.000
