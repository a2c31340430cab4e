-- AFTER MATCH SKIP PAST LAST ROW.
-- Over: ticks
SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY symbol
  ORDER BY ts
  MEASURES a.price AS a, FIRST(b.price) AS b1, LAST(b.price) AS b2, c.price AS c
  ONE ROW PER MATCH
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (a b+ c)
  DEFINE b AS b.price > 8, c AS c.price <= 16 AND c.volume > 1
) AS m;
-- Flink 2.3 gives:
--   B | 6 | 9 | 9 | 2
