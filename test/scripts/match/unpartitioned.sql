-- All rows in one order.
-- Over: ticks
SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY ts
  MEASURES a.symbol AS s1, b.symbol AS s2, b.price - a.price AS rise
  ONE ROW PER MATCH
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (a b)
  DEFINE b AS b.price > a.price + 5
) AS m;
-- Flink 2.3 gives:
--   B | A | 12
--   B | A | 13
--   B | A | 14
--   B | A | 15
--   B | A | 8
--   B | A | 9
--   B | A | 9
