-- Constant rows.
-- Compare: changes
SELECT k, COUNT(*), SUM(v) FROM (VALUES ('a', 1), ('b', 2), ('a', 3), (CAST(NULL AS STRING), 4)) AS t (k, v) GROUP BY k;
-- Flink 2.3 gives:
--   +I a | 1 | 1
--   +I b | 1 | 2
--   -U a | 1 | 1
--   +U a | 2 | 4
--   +I <NULL> | 1 | 4
