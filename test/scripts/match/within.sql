-- A match lasts for eight seconds at most.
-- Over: ticks
SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY symbol
  ORDER BY ts
  MEASURES a.ts AS since, b.ts AS until, a.price AS p, b.price AS q
  ONE ROW PER MATCH
  AFTER MATCH SKIP TO NEXT ROW
  PATTERN (a x* b) WITHIN INTERVAL '8' SECOND
  DEFINE a AS a.volume > 1, x AS x.price < 14, b AS b.price > a.price AND b.volume > 2
) AS m;
-- Flink 2.3 gives:
--   A | 2024-03-01 10:00:14.000 | 2024-03-01 10:00:20.000 | 14 | 16
--   A | 2024-03-01 10:00:16.000 | 2024-03-01 10:00:20.000 | 10 | 16
