-- From the second to the third, of rows that change.
-- Over: users
SELECT name, score, n FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY score DESC, name) AS n FROM users) WHERE n BETWEEN 2 AND 3;
-- Flink 2.3 gives:
--   Cyd | 20 | 3
--   Eve | 25 | 2
