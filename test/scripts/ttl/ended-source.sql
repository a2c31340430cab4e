-- What the end of one input sets free is kept as long as anything else, after a stop as well.
-- By hand: the order of inputs decides.
SET 'table.exec.state.ttl' = '1 d';
CREATE TABLE e (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${rows}/e', 'format' = 'json');
/* e
1, "2024-03-01 10:00:01"
2, "2024-03-01 10:00:12"
*/
CREATE TABLE v (id INT) WITH ('connector' = 'filesystem', 'path' = '${rows}/v', 'format' = 'json');
/* v
7
7
7
7
7
7
7
7
2
1
*/
SELECT w.id, w.n, c.id, c.n FROM (SELECT id, COUNT(*) AS n, window_end FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY id, window_start, window_end) AS w JOIN (SELECT id, COUNT(*) AS n FROM v GROUP BY id) AS c ON w.id = c.id;
-- By hand:
--   1 | 1 | 1 | 1
--   2 | 1 | 2 | 1
