-- ODS: one table over each topic that canal fills, column for column.
USE CATALOG myhive;
CREATE DATABASE IF NOT EXISTS gma_ods;

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_base_category1 (
  id BIGINT,
  name STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_category1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_base_category2 (
  id BIGINT,
  name STRING,
  category1_id BIGINT
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_category2',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_base_category3 (
  id BIGINT,
  name STRING,
  category2_id BIGINT
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_category3',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_base_province (
  id INT,
  name STRING,
  region_id INT,
  area_code STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_province',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_base_region (
  id INT,
  region_name STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_region',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_base_trademark (
  tm_id STRING,
  tm_name STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_trademark',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_date_info (
  date_id INT,
  week_id INT,
  week_day INT,
  `day` INT,
  `month` INT,
  `quarter` INT,
  `year` INT,
  is_workday INT,
  holiday_id INT
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.date_info',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_holiday_info (
  holiday_id INT,
  holiday_name STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.holiday_info',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_holiday_year (
  year_id INT,
  holiday_id INT,
  start_date_id INT,
  end_date_id INT
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.holiday_year',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_order_detail (
  id BIGINT,
  order_id BIGINT,
  sku_id BIGINT,
  sku_name STRING,
  img_url STRING,
  order_price DECIMAL(10, 2),
  sku_num STRING,
  create_time TIMESTAMP(0)
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.order_detail',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_order_info (
  id BIGINT,
  consignee STRING,
  consignee_tel STRING,
  total_amount DECIMAL(10, 2),
  order_status STRING,
  user_id BIGINT,
  payment_way STRING,
  delivery_address STRING,
  order_comment STRING,
  out_trade_no STRING,
  trade_body STRING,
  create_time TIMESTAMP(0),
  operate_time TIMESTAMP(0),
  expire_time TIMESTAMP(0),
  tracking_no STRING,
  parent_order_id BIGINT,
  img_url STRING,
  province_id INT
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.order_info',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_order_status_log (
  id INT,
  order_id INT,
  order_status INT,
  operate_time TIMESTAMP(0)
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.order_status_log',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_payment_info (
  id BIGINT,
  out_trade_no STRING,
  order_id STRING,
  user_id STRING,
  alipay_trade_no STRING,
  total_amount DECIMAL(16, 2),
  subject STRING,
  payment_type STRING,
  payment_time STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.payment_info',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_sku_info (
  id BIGINT,
  spu_id BIGINT,
  price DECIMAL(10, 0),
  sku_name STRING,
  sku_desc STRING,
  weight DECIMAL(10, 2),
  tm_id BIGINT,
  category3_id BIGINT,
  sku_default_img STRING,
  create_time TIMESTAMP(0)
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.sku_info',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_ods.ods_mysql_kafka_user_info (
  id BIGINT,
  login_name STRING,
  nick_name STRING,
  passwd STRING,
  name STRING,
  phone_num STRING,
  email STRING,
  head_img STRING,
  user_level STRING,
  birthday DATE,
  gender STRING,
  create_time TIMESTAMP(0)
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.user_info',
  'properties.bootstrap.servers' = '${bootstrap}',
  'properties.group.id' = 'ods',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'canal-json'
);
