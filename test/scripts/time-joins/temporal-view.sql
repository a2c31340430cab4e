-- Versions made of rows that only come: the last row of each key.
-- Over: orders, ticks
CREATE VIEW prices AS SELECT symbol, price, ts FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY symbol ORDER BY ts DESC) AS n FROM ticks
) WHERE n = 1;
SELECT o.order_id, p.price FROM (SELECT *, CASE WHEN item = 'ant' THEN 'A' ELSE 'B' END AS symbol FROM orders) AS o
JOIN prices FOR SYSTEM_TIME AS OF o.ts AS p ON o.symbol = p.symbol;
-- Flink 2.3 gives:
--   1 | 12
--   10 | 21
--   11 | 8
--   12 | 8
--   13 | 8
--   14 | 21
--   15 | 8
--   16 | 8
--   17 | 21
--   18 | 8
--   19 | 8
--   2 | 4
--   20 | 21
--   3 | 17
--   4 | 6
--   5 | 9
--   6 | 6
--   7 | 7
--   8 | 16
--   9 | 8
