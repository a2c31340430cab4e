-- Changes written as rows with a code.
CREATE TABLE coded (id INT, name STRING, score INT, op STRING)
  WITH ('connector' = 'filesystem', 'path' = '${rows}/coded', 'format' = 'json');
/* coded
1, "Ann", 10, "c"
2, "Bob", 20, "c"
1, "Ann", 10, "b"
1, "Ann", 11, "u"
3, "Cyd", 30, "r"
2, "Bob", 20, "d"
3, "Cyd", 30, "b"
3, "Cid", 30, "u"
4, "Dan", 5, "c"
1, "Ann", 11, "d"
*/
