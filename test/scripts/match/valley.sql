-- Prices that fall and rise again.
-- Over: ticks
SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY symbol
  ORDER BY ts
  MEASURES FIRST(fall.price) AS since, LAST(fall.price) AS low, LAST(rise.price) AS high, COUNT(fall.price) AS falls
  ONE ROW PER MATCH
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (fall{2,} rise)
  DEFINE fall AS LAST(fall.price, 1) IS NULL OR fall.price < LAST(fall.price, 1), rise AS rise.price > LAST(fall.price, 0)
) AS m;
-- Flink 2.3 gives:
--   A | 18 | 10 | 16 | 3
--   A | 19 | 11 | 15 | 4
--   B | 5 | 3 | 6 | 3
--   B | 9 | 1 | 7 | 3
