-- Compares each indicator table with a recomputation from the shop's own rows; a difference is an error.
CALL sys.check_warehouse(orders => ${orders}, seed => ${seed});
