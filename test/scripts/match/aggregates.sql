-- Aggregates over the rows of a match, in conditions too.
-- Over: ticks
SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY symbol
  ORDER BY ts
  MEASURES FIRST(a.ts) AS since, SUM(a.volume) AS total, AVG(a.price) AS mean, MAX(a.price) AS most, b.volume AS last_volume
  ONE ROW PER MATCH
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (a+ b)
  DEFINE a AS SUM(a.volume) < 9
) AS m;
-- Flink 2.3 gives:
--   A | 2024-03-01 10:00:00.000 | 6 | 16 | 19 | 4
--   A | 2024-03-01 10:00:08.000 | 8 | 14 | 18 | 2
--   A | 2024-03-01 10:00:16.000 | 3 | 10 | 10 | 6
--   B | 2024-03-01 10:00:01.000 | 8 | 4 | 5 | 4
--   B | 2024-03-01 10:00:12.000 | 6 | 4 | 9 | 8
