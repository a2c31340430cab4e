-- What is looked up for a row is taken back with it.
-- By hand: Flink has no table at hand that it could look up.
-- Over: stock
-- Compare: changes
CREATE TABLE items (item STRING, title STRING, shelf INT, PRIMARY KEY (item) NOT ENFORCED)
  WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:items.db', 'table-name' = 'items');
/* items
"ant", "An ant", 1
"bee", "A bee", 2
"dog", "A dog", 3
*/
CREATE VIEW timed_stock AS SELECT *, PROCTIME() AS proc FROM stock;
SELECT s.shop, s.amount, i.title FROM timed_stock AS s JOIN items FOR SYSTEM_TIME AS OF s.proc AS i ON s.item = i.item WHERE s.shop <> 'south';
-- By hand:
--   +I north | 5 | An ant
--   +I north | 5 | An ant
--   -D north | 5 | An ant
--   +I north | 5 | An ant
--   +I east | 9 | A bee
