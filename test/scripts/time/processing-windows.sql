-- Windows of processing time leave by the clock; those that are open at the end do not.
-- By hand: it needs a clock.
CREATE TABLE v (k STRING, n INT) WITH ('connector' = 'filesystem', 'path' = '${rows}/v', 'format' = 'json');
/* v
"a", 1
"b", 2
wait 1000
"a", 4
wait 20000
"a", 8
wait 20000
"c", 16
*/
CREATE VIEW timed AS SELECT *, PROCTIME() AS proc FROM v;
SELECT k, SUM(n) FROM TABLE(TUMBLE(TABLE timed, DESCRIPTOR(proc), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;
-- By hand:
--   a | 5
--   a | 8
--   b | 2
