-- MATCH_ROWTIME is a time to go on with.
-- Over: ticks
SELECT symbol, mt, price FROM ticks MATCH_RECOGNIZE (
  PARTITION BY symbol
  ORDER BY ts
  MEASURES MATCH_ROWTIME() AS mt, b.price AS price
  ONE ROW PER MATCH
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (a b)
  DEFINE b AS b.price < a.price
) AS m;
-- Flink 2.3 gives:
--   A | 2024-03-01 10:00:03.000 | 17
--   A | 2024-03-01 10:00:08.000 | 11
--   A | 2024-03-01 10:00:14.000 | 14
--   B | 2024-03-01 10:00:04.000 | 4
--   B | 2024-03-01 10:00:13.000 | 2
