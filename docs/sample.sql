CREATE TABLE orders (
  id BIGINT, user_id BIGINT, currency STRING, price DECIMAL(10, 2), ts TIMESTAMP(3), proc AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'datagen', 'number-of-rows' = '50', 'fields.user_id.min' = '1', 'fields.user_id.max' = '9');
CREATE TABLE payments (
  order_id BIGINT, amount DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'datagen', 'number-of-rows' = '50');
CREATE TABLE clicks (user_id BIGINT, page STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '10');
CREATE TABLE users (id BIGINT, name STRING, PRIMARY KEY (id) NOT ENFORCED)
  WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:sample.db', 'table-name' = 'users');
CREATE TABLE rates (
  currency STRING, rate DECIMAL(10, 4), ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (currency) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka', 'topic' = 'rates', 'properties.bootstrap.servers' = 'embedded',
  'key.format' = 'json', 'value.format' = 'json', 'scan.bounded.mode' = 'latest-offset'
);
CREATE TABLE log (user_id BIGINT, page STRING) WITH ('connector' = 'blackhole');
CREATE TABLE totals (user_id BIGINT, total DECIMAL(38, 2), PRIMARY KEY (user_id) NOT ENFORCED)
  WITH ('connector' = 'blackhole');
CREATE VIEW big_orders AS SELECT id, user_id, price FROM orders WHERE price > 100;
