-- The watermark does not wait: some orders are late.
CREATE TABLE late_orders (
  order_id INT, item STRING, qty INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${rows}/late_orders', 'format' = 'json');
/* late_orders
1, "ant", 1, "2024-03-01 10:00:01"
2, "ant", 2, "2024-03-01 10:00:04"
3, "bee", 4, "2024-03-01 10:00:12"
4, "ant", 8, "2024-03-01 10:00:03"
5, "ant", 16, "2024-03-01 10:00:11"
6, "bee", 32, "2024-03-01 10:00:13"
7, "ant", 64, "2024-03-01 10:00:25"
8, "bee", 128, "2024-03-01 10:00:05"
9, "bee", 256, "2024-03-01 10:00:19"
10, "ant", 512, "2024-03-01 10:00:31"
11, "ant", 1024, "2024-03-01 10:00:26"
*/
