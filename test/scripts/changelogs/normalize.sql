-- Changes that may come twice are told apart by the key.
-- Compare: changes
SET 'table.exec.source.cdc-events-duplicate' = 'true';
CREATE TABLE twice (id INT, name STRING, score INT, PRIMARY KEY (id) NOT ENFORCED)
  WITH ('connector' = 'filesystem', 'path' = '${rows}/twice', 'format' = 'debezium-json');
/* twice
1, "Ann", 10
1, "Ann", 10
2, "Bob", 20
-U 1, "Ann", 10
+U 1, "Ann", 12
-U 1, "Ann", 10
+U 1, "Ann", 12
-D 2, "Bob", 20
-D 2, "Bob", 20
3, "Cyd", null
*/
SELECT * FROM twice;
-- Flink 2.3 gives:
--   +I 1 | Ann | 10
--   +I 2 | Bob | 20
--   -U 1 | Ann | 10
--   +U 1 | Ann | 12
--   -D 2 | Bob | 20
--   +I 3 | Cyd | <NULL>
