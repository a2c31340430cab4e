-- Users change, come and go; each has a key.
CREATE TABLE users (
  user_id INT, name STRING, city STRING, score INT, PRIMARY KEY (user_id) NOT ENFORCED
) WITH ('connector' = 'filesystem', 'path' = '${rows}/users', 'format' = 'debezium-json');
/* users
1, "Ann", "Oslo", 10
2, "Bob", "Rome", 30
3, "Cyd", null, 20
-U 1, "Ann", "Oslo", 10
+U 1, "Ann", "Rome", 15
4, "Dan", "Oslo", 40
-D 2, "Bob", "Rome", 30
-U 3, "Cyd", null, 20
+U 3, "Cyd", "Oslo", 20
5, "Eve", "Rome", null
2, "Bea", "Rome", 30
-U 4, "Dan", "Oslo", 40
+U 4, "Dan", "Oslo", 5
-D 1, "Ann", "Rome", 15
6, "Fay", "Bern", 30
-U 5, "Eve", "Rome", null
+U 5, "Eve", "Rome", 25
-D 6, "Fay", "Bern", 30
1, "Ann", "Bern", 12
*/
