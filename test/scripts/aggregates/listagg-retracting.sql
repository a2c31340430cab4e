-- Texts go from where they stand.
-- Over: stock
SELECT shop, LISTAGG(item), LISTAGG(DISTINCT item) FROM stock GROUP BY shop;
-- Flink 2.3 gives:
--   east | bee | bee
--   north | ant,ant,cat | ant,cat
--   south | bee,eel,bee | bee,eel
