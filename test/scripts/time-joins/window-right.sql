-- RIGHT JOIN of rows in equal windows.
-- Over: orders, payments
SELECT L.order_id, R.pay_id, COALESCE(L.window_start, R.window_start) AS since
FROM (SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '30' SECOND))) AS L
RIGHT JOIN (SELECT * FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '30' SECOND))) AS R
ON L.order_id = R.order_id AND L.window_start = R.window_start AND L.window_end = R.window_end;
-- Flink 2.3 gives:
--   1 | 901 | 2024-03-01 10:00:00.000
--   13 | 911 | 2024-03-01 10:01:00.000
--   15 | 912 | 2024-03-01 10:01:00.000
--   19 | 914 | 2024-03-01 10:02:30.000
--   3 | 902 | 2024-03-01 10:00:00.000
--   <NULL> | 903 | 2024-03-01 10:00:30.000
--   <NULL> | 904 | 2024-03-01 10:00:30.000
--   <NULL> | 905 | 2024-03-01 10:00:30.000
--   <NULL> | 906 | 2024-03-01 10:00:30.000
--   <NULL> | 907 | 2024-03-01 10:00:30.000
--   <NULL> | 908 | 2024-03-01 10:00:30.000
--   <NULL> | 909 | 2024-03-01 10:01:00.000
--   <NULL> | 910 | 2024-03-01 10:01:00.000
--   <NULL> | 913 | 2024-03-01 10:01:30.000
