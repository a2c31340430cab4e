-- A group is forgotten ten seconds after its last change.
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
SELECT k, SUM(n), COUNT(*) FROM v GROUP BY k;
-- By hand:
--   +I a | 1 | 1
--   +I b | 2 | 1
--   -U a | 1 | 1
--   +U a | 5 | 2
--   -U a | 5 | 2
--   +U a | 13 | 3
--   +I b | 16 | 1
--   +I a | 32 | 1
