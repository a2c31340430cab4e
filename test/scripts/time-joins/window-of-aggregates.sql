-- Sums of equal windows side by side.
-- Over: orders, payments
SELECT L.window_start, L.n, R.paid FROM (
  SELECT window_start, window_end, COUNT(*) AS n FROM TABLE(CUMULATE(TABLE orders, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '1' MINUTE)) GROUP BY window_start, window_end
) AS L FULL JOIN (
  SELECT window_start, window_end, SUM(paid) AS paid FROM TABLE(CUMULATE(TABLE payments, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '1' MINUTE)) GROUP BY window_start, window_end
) AS R ON L.window_start = R.window_start AND L.window_end = R.window_end;
-- Flink 2.3 gives:
--   2024-03-01 10:00:00.000 | 10 | 77.00
--   2024-03-01 10:00:00.000 | 13 | 81.00
--   2024-03-01 10:00:00.000 | 6 | 15.00
--   2024-03-01 10:01:00.000 | 3 | 419.00
--   2024-03-01 10:01:00.000 | 3 | <NULL>
--   2024-03-01 10:01:00.000 | 4 | 481.00
--   2024-03-01 10:02:00.000 | 3 | 119.00
--   2024-03-01 10:02:00.000 | 3 | <NULL>
