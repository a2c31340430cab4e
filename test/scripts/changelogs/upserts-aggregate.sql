-- Sums over a source of upserts.
-- By hand: it needs a broker.
-- Compare: changes
CREATE TABLE latest (id INT, name STRING, score INT, PRIMARY KEY (id) NOT ENFORCED) WITH (
  'connector' = 'upsert-kafka', 'topic' = 'latest', 'properties.bootstrap.servers' = 'embedded', 'key.format' = 'json', 'value.format' = 'json'
);
/* latest
1, "Ann", 10
2, "Bob", 20
+U 1, "Ann", 15
-D 2, null, null
3, "Cyd", 5
+U 3, "Cyd", 6
-D 7, null, null
*/
SELECT COUNT(*), SUM(score) FROM latest;
-- By hand:
--   +I 1 | 10
--   -U 1 | 10
--   +U 2 | 30
--   -U 2 | 30
--   +U 1 | 20
--   -U 1 | 20
--   +U 2 | 35
--   -U 2 | 35
--   +U 1 | 15
--   -U 1 | 15
--   +U 2 | 20
--   -U 2 | 20
--   +U 1 | 15
--   -U 1 | 15
--   +U 2 | 21
