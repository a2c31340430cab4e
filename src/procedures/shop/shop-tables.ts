/** The fifteen MySQL tables of the shop: columns with their MySQL types, and primary keys. */

export interface ShopTable {
  readonly name: string;
  /** Null: the table has no primary key. */
  readonly primaryKey: string | null;
  /** Column to MySQL type, in order. */
  readonly columns: Readonly<Record<string, string>>;
}

function table(name: string, primaryKey: string | null, columns: string): ShopTable {
  const pairs = columns.split(', ').map((column) => column.split(' ') as [string, string]);
  return { name, primaryKey, columns: Object.fromEntries(pairs) };
}

export const SHOP_TABLES: readonly ShopTable[] = [
  table('base_category1', 'id', 'id bigint(20), name varchar(10)'),
  table('base_category2', 'id', 'id bigint(20), name varchar(200), category1_id bigint(20)'),
  table('base_category3', 'id', 'id bigint(20), name varchar(200), category2_id bigint(20)'),
  table('base_province', null, 'id int(20), name varchar(20), region_id int(20), area_code varchar(20)'),
  table('base_region', 'id', 'id int(20), region_name varchar(20)'),
  table('base_trademark', null, 'tm_id varchar(20), tm_name varchar(20)'),
  table(
    'date_info',
    'date_id',
    'date_id int(11), week_id int(11), week_day int(11), day int(11), month int(11), quarter int(11), year int(11), is_workday int(11), holiday_id int(11)',
  ),
  table('holiday_info', 'holiday_id', 'holiday_id int(11), holiday_name varchar(20)'),
  table('holiday_year', null, 'year_id int(11), holiday_id int(11), start_date_id int(11), end_date_id int(11)'),
  table(
    'order_detail',
    'id',
    'id bigint(20), order_id bigint(20), sku_id bigint(20), sku_name varchar(200), img_url varchar(200), order_price decimal(10,2), sku_num varchar(200), create_time datetime',
  ),
  table(
    'order_info',
    'id',
    'id bigint(20), consignee varchar(100), consignee_tel varchar(20), total_amount decimal(10,2), order_status varchar(20), user_id bigint(20), payment_way varchar(20), delivery_address varchar(1000), order_comment varchar(200), out_trade_no varchar(50), trade_body varchar(200), create_time datetime, operate_time datetime, expire_time datetime, tracking_no varchar(100), parent_order_id bigint(20), img_url varchar(200), province_id int(20)',
  ),
  table('order_status_log', 'id', 'id int(11), order_id int(11), order_status int(11), operate_time datetime'),
  table(
    'payment_info',
    'id',
    'id bigint(20), out_trade_no varchar(20), order_id varchar(20), user_id varchar(20), alipay_trade_no varchar(20), total_amount decimal(16,2), subject varchar(20), payment_type varchar(20), payment_time varchar(20)',
  ),
  table(
    'sku_info',
    'id',
    'id bigint(20), spu_id bigint(20), price decimal(10,0), sku_name varchar(200), sku_desc varchar(2000), weight decimal(10,2), tm_id bigint(20), category3_id bigint(20), sku_default_img varchar(200), create_time datetime',
  ),
  table(
    'user_info',
    'id',
    'id bigint(20), login_name varchar(200), nick_name varchar(200), passwd varchar(200), name varchar(200), phone_num varchar(200), email varchar(200), head_img varchar(200), user_level varchar(200), birthday date, gender varchar(1), create_time datetime',
  ),
];
