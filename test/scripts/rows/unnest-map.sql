-- The entries of a map.
-- Over: baskets
-- Compare: changes
SELECT id, k, v FROM baskets CROSS JOIN UNNEST(counts) AS t (k, v);
-- Flink 2.3 gives:
--   +I 1 | a | 1
--   +I 4 | a | 2
--   +I 4 | b | <NULL>
--   +I 5 | c | 5
--   +I 6 | b | 6
