-- The greatest of all by its own key: the one before it goes from the sink.
CREATE TABLE v (g INT) WITH ('connector' = 'filesystem', 'path' = '${rows}/v', 'format' = 'json');
/* v
1
2
2
1
1
3
3
3
3
*/
CREATE TABLE outcome (g INT, n BIGINT, PRIMARY KEY (g) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:outcome.db', 'table-name' = 'outcome');
INSERT INTO outcome SELECT g, n FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY n DESC, g) AS r FROM (SELECT g, COUNT(*) AS n FROM v GROUP BY g)) WHERE r <= 1;
-- By hand:
--   3 | 4
