-- As few rows as possible.
-- Over: ticks
SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY symbol
  ORDER BY ts
  MEASURES a.price AS a, COUNT(x.price) AS n, b.price AS b
  ONE ROW PER MATCH
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (a x*? b)
  DEFINE a AS a.volume < 3, b AS b.volume > 2
) AS m;
-- Flink 2.3 gives:
--   A | 11 | 1 | 18
--   A | 12 | 0 | 19
--   A | 14 | 0 | 10
--   A | 17 | 0 | 13
--   B | 2 | 1 | 7
--   B | 5 | 1 | 3
