-- IN, within a window.
-- Over: orders, payments
SELECT order_id, window_start FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '30' SECOND)) AS L
WHERE L.order_id IN (
  SELECT order_id FROM (SELECT * FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '30' SECOND))) AS R
  WHERE L.window_start = R.window_start AND L.window_end = R.window_end);
-- Flink 2.3 gives:
--   1 | 2024-03-01 10:00:00.000
--   13 | 2024-03-01 10:01:00.000
--   15 | 2024-03-01 10:01:00.000
--   19 | 2024-03-01 10:02:30.000
--   3 | 2024-03-01 10:00:00.000
