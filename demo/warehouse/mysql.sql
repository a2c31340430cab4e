-- The MySQL tables of the demo: the shop itself (gma), and the tables that DIM and ADS write. Run it with the mysql client:
--   mysql -h 127.0.0.1 -u root < demo/warehouse/mysql.sql
CREATE DATABASE IF NOT EXISTS gma CHARACTER SET utf8mb4;
USE gma;
CREATE TABLE IF NOT EXISTS `base_category1` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT COMMENT 'number',
  `name` varchar(10) NOT NULL COMMENT 'Classification name',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=19 DEFAULT CHARSET=utf8mb4 COMMENT='Primary classification table';
CREATE TABLE IF NOT EXISTS `base_category2` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT COMMENT 'number',
  `name` varchar(200) NOT NULL COMMENT 'Secondary classification name',
  `category1_id` bigint(20) COMMENT 'Primary classification number',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=126 DEFAULT CHARSET=utf8mb4 COMMENT='Secondary classification table';
CREATE TABLE IF NOT EXISTS `base_category3` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT COMMENT 'number',
  `name` varchar(200) NOT NULL COMMENT 'Three level classification name',
  `category2_id` bigint(20) COMMENT 'Secondary classification number',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=1150 DEFAULT CHARSET=utf8mb4 COMMENT='Three level classification table';
CREATE TABLE IF NOT EXISTS `base_province` (
  `id` int(20) COMMENT 'id',
  `name` varchar(20) COMMENT 'Province name',
  `region_id` int(20) COMMENT 'Large area id',
  `area_code` varchar(20) COMMENT 'Administrative location code'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS `base_region` (
  `id` int(20) NOT NULL COMMENT 'Large area id',
  `region_name` varchar(20) COMMENT 'Region name',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS `base_trademark` (
  `tm_id` varchar(20) COMMENT 'brand id',
  `tm_name` varchar(20) COMMENT 'Brand name'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS `date_info` (
  `date_id` int(11) NOT NULL,
  `week_id` int(11),
  `week_day` int(11),
  `day` int(11),
  `month` int(11),
  `quarter` int(11),
  `year` int(11),
  `is_workday` int(11),
  `holiday_id` int(11),
  PRIMARY KEY (`date_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS `holiday_info` (
  `holiday_id` int(11) NOT NULL,
  `holiday_name` varchar(20),
  PRIMARY KEY (`holiday_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS `holiday_year` (
  `year_id` int(11),
  `holiday_id` int(11),
  `start_date_id` int(11),
  `end_date_id` int(11)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS `order_detail` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT COMMENT 'number',
  `order_id` bigint(20) COMMENT 'Order No',
  `sku_id` bigint(20) COMMENT 'sku_id',
  `sku_name` varchar(200) COMMENT 'sku Name (redundant))',
  `img_url` varchar(200) COMMENT 'Picture name (redundant))',
  `order_price` decimal(10,2) COMMENT 'Purchase price(When placing an order sku Price)',
  `sku_num` varchar(200) COMMENT 'Number of purchases',
  `create_time` datetime COMMENT 'Creation time',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=1054 DEFAULT CHARSET=utf8mb4 COMMENT='Order Details ';
CREATE TABLE IF NOT EXISTS `order_info` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT COMMENT 'number',
  `consignee` varchar(100) COMMENT 'consignee',
  `consignee_tel` varchar(20) COMMENT 'Recipient phone',
  `total_amount` decimal(10,2) COMMENT 'Total amount',
  `order_status` varchar(20) COMMENT 'Order status',
  `user_id` bigint(20) COMMENT 'user id',
  `payment_way` varchar(20) COMMENT 'payment method',
  `delivery_address` varchar(1000) COMMENT 'Shipping address',
  `order_comment` varchar(200) COMMENT 'Order remarks',
  `out_trade_no` varchar(50) COMMENT 'Order transaction number (for third party payment))',
  `trade_body` varchar(200) COMMENT 'Order description(For third party payment)',
  `create_time` datetime COMMENT 'Creation time',
  `operate_time` datetime COMMENT 'Operation time',
  `expire_time` datetime COMMENT 'Failure time',
  `tracking_no` varchar(100) COMMENT 'Logistics order No',
  `parent_order_id` bigint(20) COMMENT 'Parent order number',
  `img_url` varchar(200) COMMENT 'Picture path',
  `province_id` int(20) COMMENT 'region',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=371 DEFAULT CHARSET=utf8mb4 COMMENT='Order form';
CREATE TABLE IF NOT EXISTS `order_status_log` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `order_id` int(11),
  `order_status` int(11),
  `operate_time` datetime,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=43 DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS `payment_info` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT COMMENT 'number',
  `out_trade_no` varchar(20) COMMENT 'External business No',
  `order_id` varchar(20) COMMENT 'Order No',
  `user_id` varchar(20) COMMENT 'User number',
  `alipay_trade_no` varchar(20) COMMENT 'Alipay transaction flow code',
  `total_amount` decimal(16,2) COMMENT 'Payment amount',
  `subject` varchar(20) COMMENT 'Transaction content',
  `payment_type` varchar(20) COMMENT 'Payment method',
  `payment_time` varchar(20) COMMENT 'Payment time',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=21 DEFAULT CHARSET=utf8mb4 COMMENT='Payment flow sheet';
CREATE TABLE IF NOT EXISTS `sku_info` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT COMMENT 'skuid(itemID)',
  `spu_id` bigint(20) COMMENT 'spuid',
  `price` decimal(10,0) COMMENT 'Price',
  `sku_name` varchar(200) COMMENT 'sku name',
  `sku_desc` varchar(2000) COMMENT 'Product specification description',
  `weight` decimal(10,2) COMMENT 'weight',
  `tm_id` bigint(20) COMMENT 'brand(redundancy)',
  `category3_id` bigint(20) COMMENT 'Three level classification id(redundancy)',
  `sku_default_img` varchar(200) COMMENT 'Default display picture(redundancy)',
  `create_time` datetime COMMENT 'Creation time',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=11 DEFAULT CHARSET=utf8mb4 COMMENT='Inventory unit table';
CREATE TABLE IF NOT EXISTS `user_info` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT COMMENT 'number',
  `login_name` varchar(200) COMMENT 'User name',
  `nick_name` varchar(200) COMMENT 'User nickname',
  `passwd` varchar(200) COMMENT 'User password',
  `name` varchar(200) COMMENT 'User name',
  `phone_num` varchar(200) COMMENT 'cell-phone number',
  `email` varchar(200) COMMENT 'mailbox',
  `head_img` varchar(200) COMMENT 'head portrait',
  `user_level` varchar(200) COMMENT 'User level',
  `birthday` date COMMENT 'User birthday',
  `gender` varchar(1) COMMENT 'Gender M male,F female',
  `create_time` datetime COMMENT 'Creation time',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=153 DEFAULT CHARSET=utf8mb4 COMMENT='User table';

-- Text keys compare bytes: texts that differ in case or in blanks at the end are different rows.
CREATE DATABASE IF NOT EXISTS gma_dim CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE DATABASE IF NOT EXISTS gma_ads CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS gma_dim.dim_region_info (
  id BIGINT NOT NULL,
  name VARCHAR(20),
  area_code VARCHAR(20),
  region_name VARCHAR(20),
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS gma_dim.dim_sku_info (
  id BIGINT NOT NULL,
  sku_name VARCHAR(200),
  price DECIMAL(10,0),
  tm_name VARCHAR(20),
  category3_name VARCHAR(200),
  category2_name VARCHAR(200),
  category1_name VARCHAR(10),
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS gma_dim.dim_user_info (
  id BIGINT NOT NULL,
  login_name VARCHAR(200),
  user_level VARCHAR(200),
  birthday DATE,
  gender VARCHAR(1),
  create_time DATETIME,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS gma_dim.dim_date_info (
  date_id INT NOT NULL,
  is_workday INT,
  holiday_name VARCHAR(20),
  PRIMARY KEY (date_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS gma_ads.ads_region_day (
  dt VARCHAR(64) NOT NULL,
  region_name VARCHAR(64) NOT NULL,
  orders BIGINT,
  buyers BIGINT,
  amount DECIMAL(38,2),
  PRIMARY KEY (dt, region_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS gma_ads.ads_category_brand (
  category1_name VARCHAR(64) NOT NULL,
  tm_name VARCHAR(64) NOT NULL,
  orders BIGINT,
  pieces BIGINT,
  amount DECIMAL(38,2),
  PRIMARY KEY (category1_name, tm_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS gma_ads.ads_sku_top (
  dt VARCHAR(64) NOT NULL,
  rn BIGINT NOT NULL,
  sku_id BIGINT,
  sku_name VARCHAR(200),
  pieces BIGINT,
  amount DECIMAL(38,2),
  PRIMARY KEY (dt, rn)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS gma_ads.ads_conversion (
  dt VARCHAR(64) NOT NULL,
  orders BIGINT,
  paid BIGINT,
  paid_share DECIMAL(10,4),
  PRIMARY KEY (dt)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS gma_ads.ads_new_users (
  dt VARCHAR(64) NOT NULL,
  users BIGINT,
  women BIGINT,
  PRIMARY KEY (dt)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS gma_ads.ads_day_type (
  day_type VARCHAR(64) NOT NULL,
  orders BIGINT,
  amount DECIMAL(38,2),
  PRIMARY KEY (day_type)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE DATABASE IF NOT EXISTS gma_import CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS gma_import.region_copy (
  id BIGINT NOT NULL,
  name VARCHAR(20),
  area_code VARCHAR(20),
  region_name VARCHAR(20),
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
