-- Stock has no key: equal rows may be there several times.
CREATE TABLE stock (shop STRING, item STRING, amount INT)
  WITH ('connector' = 'filesystem', 'path' = '${rows}/stock', 'format' = 'debezium-json');
/* stock
"north", "ant", 5
"north", "ant", 5
"south", "bee", 7
"south", "ant", 3
-D "north", "ant", 5
"east", null, 2
-U "south", "bee", 7
+U "south", "bee", 9
"north", "ant", 5
"north", "cat", null
-D "south", "ant", 3
"east", "bee", 9
-U "north", "cat", null
+U "north", "cat", 1
"south", "eel", 4
-D "east", null, 2
"south", "bee", 9
*/
