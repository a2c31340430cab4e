-- Rates have versions in event time.
CREATE TABLE rates (
  item STRING, rate DECIMAL(6, 2), ts TIMESTAMP(3), PRIMARY KEY (item) NOT ENFORCED, WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${rows}/rates', 'format' = 'debezium-json');
/* rates
"ant", 1.00, "2024-03-01 10:00:00"
"bee", 2.00, "2024-03-01 10:00:02"
-U "ant", 1.00, "2024-03-01 10:00:00"
+U "ant", 1.10, "2024-03-01 10:00:03"
"dog", 9.00, "2024-03-01 10:00:10"
-U "bee", 2.00, "2024-03-01 10:00:02"
+U "bee", 2.50, "2024-03-01 10:00:15"
-D "dog", 9.00, "2024-03-01 10:00:30"
"cat", 5.00, "2024-03-01 10:01:00"
-U "ant", 1.10, "2024-03-01 10:00:03"
+U "ant", 1.20, "2024-03-01 10:01:30"
"dog", 9.50, "2024-03-01 10:02:00"
-U "cat", 5.00, "2024-03-01 10:01:00"
+U "cat", 5.50, "2024-03-01 10:02:31"
*/
