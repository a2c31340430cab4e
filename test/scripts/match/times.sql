-- A row so many times.
-- Over: ticks
SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY symbol
  ORDER BY ts
  MEASURES FIRST(a.price) AS p, LAST(a.price) AS q, b.price AS r
  ONE ROW PER MATCH
  AFTER MATCH SKIP TO NEXT ROW
  PATTERN (a{2,3} b{1})
  DEFINE a AS a.volume < 4, b AS b.volume >= 4
) AS m;
-- Flink 2.3 gives:
--   A | 11 | 15 | 18
--   A | 12 | 17 | 13
--   A | 14 | 10 | 16
--   A | 19 | 17 | 13
--   B | 2 | 1 | 7
--   B | 5 | 4 | 3
--   B | 9 | 1 | 7
