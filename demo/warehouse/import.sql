-- The T+1 import: yesterday's dimension tables, copied in batch mode; each INSERT ends by itself.
USE CATALOG myhive;
CREATE DATABASE IF NOT EXISTS gma_import;

CREATE TABLE IF NOT EXISTS gma_import.region_copy (
  id BIGINT,
  name STRING,
  area_code STRING,
  region_name STRING,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = '${jdbc}gma_import${jdbc_suffix}',
  'table-name' = 'region_copy',
  'username' = '${user}',
  'password' = '${password}'
);

SET 'execution.runtime-mode' = 'batch';
SET 'table.dml-sync' = 'true';
insert into gma_import.region_copy select id, name, area_code, region_name from gma_dim.dim_region_info;
select count(*) as copied from gma_import.region_copy;
RESET 'table.dml-sync';
RESET 'execution.runtime-mode';
