-- The first row of a key, for ten seconds from it on.
-- By hand: it needs a clock.
-- Compare: changes
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE v (k STRING, n INT) WITH ('connector' = 'filesystem', 'path' = '${rows}/v', 'format' = 'json');
/* v
"a", 1
"b", 2
wait 6000
"a", 4
wait 6000
"a", 8
"b", 16
wait 12000
"a", 32
*/
SELECT k, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY proc) AS r FROM (SELECT *, PROCTIME() AS proc FROM v)) WHERE r = 1;
-- By hand:
--   +I a | 1
--   +I b | 2
--   +I a | 8
--   +I b | 16
--   +I a | 32
