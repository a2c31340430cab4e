-- DIM: details of things, kept current in a database, and read back as changes. Each INSERT is a job of its own.
USE CATALOG myhive;
CREATE DATABASE IF NOT EXISTS gma_dim;

CREATE TABLE IF NOT EXISTS gma_dim.dim_region_info (
  id BIGINT,
  name STRING,
  area_code STRING,
  region_name STRING,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${jdbc}gma_dim${jdbc_suffix}',
  'table-name' = 'dim_region_info',
  'username' = '${user}',
  'password' = '${password}'
);

CREATE TABLE IF NOT EXISTS gma_dim.dim_region_info_cdc (
  id BIGINT,
  name STRING,
  area_code STRING,
  region_name STRING,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma_dim',
  'table-name' = 'dim_region_info'
);

CREATE TABLE IF NOT EXISTS gma_dim.dim_sku_info (
  id BIGINT,
  sku_name STRING,
  price DECIMAL(10, 0),
  tm_name STRING,
  category3_name STRING,
  category2_name STRING,
  category1_name STRING,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${jdbc}gma_dim${jdbc_suffix}',
  'table-name' = 'dim_sku_info',
  'username' = '${user}',
  'password' = '${password}'
);

CREATE TABLE IF NOT EXISTS gma_dim.dim_sku_info_cdc (
  id BIGINT,
  sku_name STRING,
  price DECIMAL(10, 0),
  tm_name STRING,
  category3_name STRING,
  category2_name STRING,
  category1_name STRING,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma_dim',
  'table-name' = 'dim_sku_info'
);

CREATE TABLE IF NOT EXISTS gma_dim.dim_user_info (
  id BIGINT,
  login_name STRING,
  user_level STRING,
  birthday DATE,
  gender STRING,
  create_time TIMESTAMP(0),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${jdbc}gma_dim${jdbc_suffix}',
  'table-name' = 'dim_user_info',
  'username' = '${user}',
  'password' = '${password}'
);

CREATE TABLE IF NOT EXISTS gma_dim.dim_user_info_cdc (
  id BIGINT,
  login_name STRING,
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
  'database-name' = 'gma_dim',
  'table-name' = 'dim_user_info'
);

CREATE TABLE IF NOT EXISTS gma_dim.dim_date_info (
  date_id INT,
  is_workday INT,
  holiday_name STRING,
  PRIMARY KEY (date_id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${jdbc}gma_dim${jdbc_suffix}',
  'table-name' = 'dim_date_info',
  'username' = '${user}',
  'password' = '${password}'
);

CREATE TABLE IF NOT EXISTS gma_dim.dim_date_info_cdc (
  date_id INT,
  is_workday INT,
  holiday_name STRING,
  PRIMARY KEY (date_id) NOT ENFORCED
) WITH (
  'connector' = 'mysql-cdc',
  'hostname' = '${mysql}',
  'port' = '${mysql_port}',
  'username' = '${user}',
  'password' = '${password}',
  'database-name' = 'gma_dim',
  'table-name' = 'dim_date_info'
);

SET 'table.dynamic-table-options.enabled' = 'true';

SET 'pipeline.name' = 'dim_region_info';
insert into gma_dim.dim_region_info
select a.id as id, name, area_code, region_name
from gma_ods.ods_mysql_kafka_base_province /*+ OPTIONS('scan.startup.mode'='earliest-offset') */ as a
join gma_ods.ods_mysql_kafka_base_region /*+ OPTIONS('scan.startup.mode'='earliest-offset') */ as b
on a.region_id = b.id;

SET 'pipeline.name' = 'dim_sku_info';
insert into gma_dim.dim_sku_info
select s.id, s.sku_name, s.price, t.tm_name, c3.name, c2.name, c1.name
from gma_ods.ods_mysql_kafka_sku_info as s
join gma_ods.ods_mysql_kafka_base_trademark as t on s.tm_id = CAST(t.tm_id AS BIGINT)
join gma_ods.ods_mysql_kafka_base_category3 as c3 on s.category3_id = c3.id
join gma_ods.ods_mysql_kafka_base_category2 as c2 on c3.category2_id = c2.id
join gma_ods.ods_mysql_kafka_base_category1 as c1 on c2.category1_id = c1.id;

SET 'pipeline.name' = 'dim_user_info';
insert into gma_dim.dim_user_info
select id, login_name, user_level, birthday, gender, create_time
from gma_ods.ods_mysql_kafka_user_info;

SET 'pipeline.name' = 'dim_date_info';
insert into gma_dim.dim_date_info
select d.date_id, d.is_workday, h.holiday_name
from gma_ods.ods_mysql_kafka_date_info as d
left join gma_ods.ods_mysql_kafka_holiday_info as h on d.holiday_id = h.holiday_id;

RESET 'pipeline.name';
