-- Plays the shop into the MySQL tables of mysql.sql, for real servers; collect.sql takes it from there.
CALL sys.play_shop(orders => ${orders}, seed => ${seed}, epoch => 500,
  url => '${jdbc}gma${jdbc_suffix}', username => '${user}', password => '${password}');
