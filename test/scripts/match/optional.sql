-- A row that need not be there.
-- Over: ticks
SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY symbol
  ORDER BY ts
  MEASURES a.price AS a, x.price AS x, b.price AS b
  ONE ROW PER MATCH
  AFTER MATCH SKIP TO NEXT ROW
  PATTERN (a x? b)
  DEFINE a AS a.volume = 2, x AS x.volume > 3, b AS b.price > 10
) AS m;
-- Flink 2.3 gives:
--   A | 11 | <NULL> | 15
--   A | 17 | <NULL> | 13
--   A | 20 | <NULL> | 21
