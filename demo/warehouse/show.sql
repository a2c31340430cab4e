-- The six indicator tables as they stand, read as bounded tables.
USE CATALOG myhive;
SET 'execution.runtime-mode' = 'batch';
select * from gma_ads.ads_region_day order by dt, region_name limit 20;
select * from gma_ads.ads_category_brand order by amount desc limit 20;
select * from gma_ads.ads_sku_top order by dt, rn limit 20;
select * from gma_ads.ads_conversion order by dt;
select * from gma_ads.ads_new_users order by dt;
select * from gma_ads.ads_day_type order by day_type;
RESET 'execution.runtime-mode';
