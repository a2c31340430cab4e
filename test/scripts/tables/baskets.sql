CREATE TABLE baskets (
  id INT, tags ARRAY<STRING>, counts MAP<STRING, INT>, `lines` ARRAY<ROW<item STRING, qty INT>>, place ROW<city STRING, code INT>
) WITH ('connector' = 'filesystem', 'path' = '${rows}/baskets', 'format' = 'json');
/* baskets
1, ["x", "y"], {"a": 1}, [{"item": "ant", "qty": 1}, {"item": "bee", "qty": 2}], {"city": "Oslo", "code": 1}
2, [], {}, [], {"city": "Rome", "code": null}
3, null, null, null, null
4, ["x", null, "x"], {"a": 2, "b": null}, [{"item": null, "qty": 3}], {"city": null, "code": 4}
5, ["z"], {"c": 5}, [{"item": "cat", "qty": null}, {"item": "ant", "qty": 6}], {"city": "Bern", "code": 5}
6, ["y", "x"], {"b": 6}, [{"item": "bee", "qty": 4}], {"city": "Oslo", "code": 6}
*/
