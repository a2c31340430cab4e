-- Rows are looked up when an order comes.
-- By hand: Flink has no table at hand that it could look up.
-- Over: orders
-- Compare: changes
CREATE TABLE items (item STRING, title STRING, shelf INT, PRIMARY KEY (item) NOT ENFORCED)
  WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:items.db', 'table-name' = 'items');
/* items
"ant", "An ant", 1
"bee", "A bee", 2
"dog", "A dog", 3
*/
CREATE VIEW timed_orders AS SELECT *, PROCTIME() AS proc FROM orders;
SELECT o.order_id, o.item, i.title FROM timed_orders AS o JOIN items FOR SYSTEM_TIME AS OF o.proc AS i ON o.item = i.item WHERE o.order_id < 8;
-- By hand:
--   +I 1 | ant | An ant
--   +I 2 | bee | A bee
--   +I 3 | ant | An ant
--   +I 6 | bee | A bee
