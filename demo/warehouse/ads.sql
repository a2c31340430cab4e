-- ADS: indicators, kept current in a database after every change of an order. One statement set: six sinks, one job.
USE CATALOG myhive;
CREATE DATABASE IF NOT EXISTS gma_ads;

CREATE TABLE IF NOT EXISTS gma_ads.ads_region_day (
  dt STRING,
  region_name STRING,
  orders BIGINT,
  buyers BIGINT,
  amount DECIMAL(38, 2),
  PRIMARY KEY (dt, region_name) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${jdbc}gma_ads${jdbc_suffix}',
  'table-name' = 'ads_region_day',
  'username' = '${user}',
  'password' = '${password}'
);

CREATE TABLE IF NOT EXISTS gma_ads.ads_category_brand (
  category1_name STRING,
  tm_name STRING,
  orders BIGINT,
  pieces BIGINT,
  amount DECIMAL(38, 2),
  PRIMARY KEY (category1_name, tm_name) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${jdbc}gma_ads${jdbc_suffix}',
  'table-name' = 'ads_category_brand',
  'username' = '${user}',
  'password' = '${password}'
);

CREATE TABLE IF NOT EXISTS gma_ads.ads_sku_top (
  dt STRING,
  rn BIGINT,
  sku_id BIGINT,
  sku_name STRING,
  pieces BIGINT,
  amount DECIMAL(38, 2),
  PRIMARY KEY (dt, rn) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${jdbc}gma_ads${jdbc_suffix}',
  'table-name' = 'ads_sku_top',
  'username' = '${user}',
  'password' = '${password}'
);

CREATE TABLE IF NOT EXISTS gma_ads.ads_conversion (
  dt STRING,
  orders BIGINT,
  paid BIGINT,
  paid_share DECIMAL(10, 4),
  PRIMARY KEY (dt) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${jdbc}gma_ads${jdbc_suffix}',
  'table-name' = 'ads_conversion',
  'username' = '${user}',
  'password' = '${password}'
);

CREATE TABLE IF NOT EXISTS gma_ads.ads_new_users (
  dt STRING,
  users BIGINT,
  women BIGINT,
  PRIMARY KEY (dt) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${jdbc}gma_ads${jdbc_suffix}',
  'table-name' = 'ads_new_users',
  'username' = '${user}',
  'password' = '${password}'
);

CREATE TABLE IF NOT EXISTS gma_ads.ads_day_type (
  day_type STRING,
  orders BIGINT,
  amount DECIMAL(38, 2),
  PRIMARY KEY (day_type) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${jdbc}gma_ads${jdbc_suffix}',
  'table-name' = 'ads_day_type',
  'username' = '${user}',
  'password' = '${password}'
);

SET 'pipeline.name' = 'ads';
EXECUTE STATEMENT SET BEGIN
insert into gma_ads.ads_region_day
select dt, region_name, COUNT(*), COUNT(DISTINCT user_id), SUM(total_amount)
from gma_dwd.dwd_order
group by dt, region_name;

insert into gma_ads.ads_category_brand
select category1_name, tm_name, COUNT(DISTINCT order_id), SUM(pieces), SUM(amount)
from gma_dwd.dwd_order_detail
group by category1_name, tm_name;

insert into gma_ads.ads_sku_top
select dt, rn, sku_id, sku_name, pieces, amount
from (
  select *, ROW_NUMBER() OVER (PARTITION BY dt ORDER BY amount DESC, sku_id) as rn
  from (
    select dt, sku_id, MAX(sku_name) as sku_name, SUM(pieces) as pieces, SUM(amount) as amount
    from gma_dwd.dwd_order_detail
    group by dt, sku_id
  )
)
where rn <= 10;

insert into gma_ads.ads_conversion
select o.dt, COUNT(*), COUNT(p.order_id), CAST(CAST(COUNT(p.order_id) AS DECIMAL(20, 4)) / COUNT(*) AS DECIMAL(10, 4))
from gma_dwd.dwd_order as o
left join (select distinct order_id from gma_dwd.dwd_payment) as p on o.id = p.order_id
group by o.dt;

insert into gma_ads.ads_new_users
select DATE_FORMAT(create_time, 'yyyy-MM-dd'), COUNT(*), COUNT(*) FILTER (WHERE gender = 'F')
from gma_dim.dim_user_info_cdc
group by DATE_FORMAT(create_time, 'yyyy-MM-dd');

insert into gma_ads.ads_day_type
select day_type, COUNT(*), SUM(total_amount)
from (
  select o.total_amount,
    CASE WHEN d.holiday_name IS NOT NULL THEN d.holiday_name WHEN d.is_workday = 1 THEN 'workday' ELSE 'weekend' END as day_type
  from gma_dwd.dwd_order as o
  join gma_dim.dim_date_info_cdc as d on o.date_id = d.date_id
)
group by day_type;
END;

RESET 'pipeline.name';
