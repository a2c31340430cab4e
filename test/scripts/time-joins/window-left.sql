-- LEFT JOIN of rows in equal windows.
-- Over: orders, payments
SELECT L.order_id, R.pay_id, COALESCE(L.window_start, R.window_start) AS since
FROM (SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '30' SECOND))) AS L
LEFT JOIN (SELECT * FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '30' SECOND))) AS R
ON L.order_id = R.order_id AND L.window_start = R.window_start AND L.window_end = R.window_end;
-- Flink 2.3 gives:
--   1 | 901 | 2024-03-01 10:00:00.000
--   10 | <NULL> | 2024-03-01 10:00:30.000
--   11 | <NULL> | 2024-03-01 10:00:30.000
--   12 | <NULL> | 2024-03-01 10:00:30.000
--   13 | 911 | 2024-03-01 10:01:00.000
--   14 | <NULL> | 2024-03-01 10:00:30.000
--   15 | 912 | 2024-03-01 10:01:00.000
--   16 | <NULL> | 2024-03-01 10:01:00.000
--   17 | <NULL> | 2024-03-01 10:01:30.000
--   18 | <NULL> | 2024-03-01 10:02:30.000
--   19 | 914 | 2024-03-01 10:02:30.000
--   2 | <NULL> | 2024-03-01 10:00:00.000
--   20 | <NULL> | 2024-03-01 10:02:30.000
--   3 | 902 | 2024-03-01 10:00:00.000
--   4 | <NULL> | 2024-03-01 10:00:00.000
--   5 | <NULL> | 2024-03-01 10:00:00.000
--   6 | <NULL> | 2024-03-01 10:00:00.000
--   7 | <NULL> | 2024-03-01 10:00:00.000
--   8 | <NULL> | 2024-03-01 10:00:00.000
--   9 | <NULL> | 2024-03-01 10:00:30.000
