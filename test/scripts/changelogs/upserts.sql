-- A source of upserts becomes a full changelog.
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
SELECT * FROM latest;
-- By hand:
--   +I 1 | Ann | 10
--   +I 2 | Bob | 20
--   -U 1 | Ann | 10
--   +U 1 | Ann | 15
--   -D 2 | Bob | 20
--   +I 3 | Cyd | 5
--   -U 3 | Cyd | 5
--   +U 3 | Cyd | 6
