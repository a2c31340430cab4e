-- A row that was forgotten is new again; one that was not says that it lives, for what is above.
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
SELECT DISTINCT k FROM v;
-- By hand:
--   +I a
--   +I b
--   -U a
--   +U a
--   -U a
--   +U a
--   +I b
--   +I a
