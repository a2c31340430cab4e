-- Values are gathered into a multiset.
-- Over: stock
SELECT shop, COLLECT(item), COLLECT(DISTINCT item) FROM stock GROUP BY shop;
-- Flink 2.3 gives:
--   east | {bee=1} | {bee=1}
--   north | {ant=2, cat=1} | {ant=1, cat=1}
--   south | {bee=2, eel=1} | {bee=1, eel=1}
