-- What a bundle gives is looked up, and bundled again, before a checkpoint falls.
-- By hand: Flink has no table at hand that it could look up.
-- Over: orders
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '4';
CREATE TABLE items (item STRING, title STRING, shelf INT, PRIMARY KEY (item) NOT ENFORCED)
  WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:items.db', 'table-name' = 'items');
/* items
"ant", "An ant", 1
"bee", "A bee", 2
"dog", "A dog", 3
*/
CREATE VIEW timed_sums AS SELECT item, SUM(qty) AS total, PROCTIME() AS proc FROM orders GROUP BY item;
SELECT i.title, COUNT(*), SUM(o.total) FROM timed_sums AS o LEFT JOIN items FOR SYSTEM_TIME AS OF o.proc AS i ON o.item = i.item GROUP BY i.title;
-- By hand:
--   <NULL> | 2 | 19
--   A bee | 1 | 7
--   A dog | 1 | 4
--   An ant | 1 | 32
