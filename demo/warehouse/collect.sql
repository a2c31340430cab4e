-- Collection on real servers, in canal's place: the shop's tables in MySQL, change by change, as canal-json into the topics that ODS reads.
USE CATALOG myhive;
CREATE DATABASE IF NOT EXISTS gma_collect;

CREATE TABLE IF NOT EXISTS gma_collect.mysql_base_category1 (
  id BIGINT,
  name STRING,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'base_category1'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_base_category1 (
  id BIGINT,
  name STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_category1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-base_category1',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_base_category2 (
  id BIGINT,
  name STRING,
  category1_id BIGINT,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'base_category2'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_base_category2 (
  id BIGINT,
  name STRING,
  category1_id BIGINT
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_category2',
  'properties.bootstrap.servers' = '${bootstrap}',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-base_category2',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_base_category3 (
  id BIGINT,
  name STRING,
  category2_id BIGINT,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'base_category3'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_base_category3 (
  id BIGINT,
  name STRING,
  category2_id BIGINT
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_category3',
  'properties.bootstrap.servers' = '${bootstrap}',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-base_category3',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_base_province (
  id INT,
  name STRING,
  region_id INT,
  area_code STRING
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'base_province',
  'scan.incremental.snapshot.enabled' = 'false'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_base_province (
  id INT,
  name STRING,
  region_id INT,
  area_code STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_province',
  'properties.bootstrap.servers' = '${bootstrap}',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-base_province',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_base_region (
  id INT,
  region_name STRING,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'base_region'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_base_region (
  id INT,
  region_name STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_region',
  'properties.bootstrap.servers' = '${bootstrap}',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-base_region',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_base_trademark (
  tm_id STRING,
  tm_name STRING
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'base_trademark',
  'scan.incremental.snapshot.enabled' = 'false'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_base_trademark (
  tm_id STRING,
  tm_name STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.base_trademark',
  'properties.bootstrap.servers' = '${bootstrap}',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-base_trademark',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_date_info (
  date_id INT,
  week_id INT,
  week_day INT,
  `day` INT,
  `month` INT,
  `quarter` INT,
  `year` INT,
  is_workday INT,
  holiday_id INT,
  PRIMARY KEY (date_id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'date_info'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_date_info (
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
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-date_info',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_holiday_info (
  holiday_id INT,
  holiday_name STRING,
  PRIMARY KEY (holiday_id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'holiday_info'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_holiday_info (
  holiday_id INT,
  holiday_name STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.holiday_info',
  'properties.bootstrap.servers' = '${bootstrap}',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-holiday_info',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_holiday_year (
  year_id INT,
  holiday_id INT,
  start_date_id INT,
  end_date_id INT
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'holiday_year',
  'scan.incremental.snapshot.enabled' = 'false'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_holiday_year (
  year_id INT,
  holiday_id INT,
  start_date_id INT,
  end_date_id INT
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.holiday_year',
  'properties.bootstrap.servers' = '${bootstrap}',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-holiday_year',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_order_detail (
  id BIGINT,
  order_id BIGINT,
  sku_id BIGINT,
  sku_name STRING,
  img_url STRING,
  order_price DECIMAL(10, 2),
  sku_num STRING,
  create_time TIMESTAMP(0),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'order_detail'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_order_detail (
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
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-order_detail',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_order_info (
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
  province_id INT,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'order_info'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_order_info (
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
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-order_info',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_order_status_log (
  id INT,
  order_id INT,
  order_status INT,
  operate_time TIMESTAMP(0),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'order_status_log'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_order_status_log (
  id INT,
  order_id INT,
  order_status INT,
  operate_time TIMESTAMP(0)
) WITH (
  'connector' = 'kafka',
  'topic' = 'mysql.order_status_log',
  'properties.bootstrap.servers' = '${bootstrap}',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-order_status_log',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_payment_info (
  id BIGINT,
  out_trade_no STRING,
  order_id STRING,
  user_id STRING,
  alipay_trade_no STRING,
  total_amount DECIMAL(16, 2),
  subject STRING,
  payment_type STRING,
  payment_time STRING,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'payment_info'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_payment_info (
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
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-payment_info',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_sku_info (
  id BIGINT,
  spu_id BIGINT,
  price DECIMAL(10, 0),
  sku_name STRING,
  sku_desc STRING,
  weight DECIMAL(10, 2),
  tm_id BIGINT,
  category3_id BIGINT,
  sku_default_img STRING,
  create_time TIMESTAMP(0),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'sku_info'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_sku_info (
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
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-sku_info',
  'format' = 'canal-json'
);

CREATE TABLE IF NOT EXISTS gma_collect.mysql_user_info (
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
  create_time TIMESTAMP(0),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma',
  'table-name' = 'user_info'
);
CREATE TABLE IF NOT EXISTS gma_collect.topic_user_info (
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
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'gma-collect-user_info',
  'format' = 'canal-json'
);

SET 'pipeline.name' = 'collect';
EXECUTE STATEMENT SET BEGIN
insert into gma_collect.topic_base_category1 select * from gma_collect.mysql_base_category1;
insert into gma_collect.topic_base_category2 select * from gma_collect.mysql_base_category2;
insert into gma_collect.topic_base_category3 select * from gma_collect.mysql_base_category3;
insert into gma_collect.topic_base_province select * from gma_collect.mysql_base_province;
insert into gma_collect.topic_base_region select * from gma_collect.mysql_base_region;
insert into gma_collect.topic_base_trademark select * from gma_collect.mysql_base_trademark;
insert into gma_collect.topic_date_info select * from gma_collect.mysql_date_info;
insert into gma_collect.topic_holiday_info select * from gma_collect.mysql_holiday_info;
insert into gma_collect.topic_holiday_year select * from gma_collect.mysql_holiday_year;
insert into gma_collect.topic_order_detail select * from gma_collect.mysql_order_detail;
insert into gma_collect.topic_order_info select * from gma_collect.mysql_order_info;
insert into gma_collect.topic_order_status_log select * from gma_collect.mysql_order_status_log;
insert into gma_collect.topic_payment_info select * from gma_collect.mysql_payment_info;
insert into gma_collect.topic_sku_info select * from gma_collect.mysql_sku_info;
insert into gma_collect.topic_user_info select * from gma_collect.mysql_user_info;
END;

RESET 'pipeline.name';
