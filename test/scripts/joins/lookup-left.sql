-- An order without a row is padded; a condition over the row belongs to the look-up.
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
SELECT o.order_id, i.title, i.shelf FROM timed_orders AS o
LEFT JOIN items FOR SYSTEM_TIME AS OF o.proc AS i ON o.item = i.item AND i.shelf < 3 AND o.qty > 1
WHERE o.order_id BETWEEN 2 AND 9;
-- By hand:
--   +I 2 | <NULL> | <NULL>
--   +I 3 | An ant | 1
--   +I 4 | <NULL> | <NULL>
--   +I 5 | <NULL> | <NULL>
--   +I 6 | A bee | 2
--   +I 7 | <NULL> | <NULL>
--   +I 8 | An ant | 1
--   +I 9 | <NULL> | <NULL>
