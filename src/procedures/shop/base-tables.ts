/** The shop's slowly changing tables: regions, categories, brands, dates, goods and users, with a few later corrections. */
import type { Random } from './random.ts';
import { dateTime, type ShopChange, type ShopRow } from './shop-change.ts';

/** 2021-11-01 00:00:00 UTC. */
export const SHOP_OPENS_MS = Date.UTC(2021, 10, 1);
const DAY_MS = 86_400_000;
const REGIONS = ['华北', '华东', '东北', '华中', '华南', '西南', '西北'];
const HOLIDAYS = ['元旦', '春节', '清明节', '劳动节', '端午节', '中秋节', '国庆节'];
const BRANDS = ['Redmi', '苹果', '联想', 'TCL', '小米', '长粒香', '金沙河', '索芙特', 'CAREMiLLE', '欧莱雅', '香奈儿'];
const PROVINCES = 34;
const SKUS = 500;

/** What the flow of orders needs of a good. `price` in whole units of money. */
export interface Sku {
  readonly id: string;
  readonly name: string;
  readonly price: number;
}

interface BaseTables {
  readonly changes: readonly ShopChange[];
  readonly skus: Sku[];
  readonly users: ShopRow[];
  readonly provinceCount: number;
}

/** All changes before the first order. */
export function playBaseTables(random: Random, userCount: number): BaseTables {
  const changes: ShopChange[] = [];
  const insert = (table: string, row: ShopRow): void => {
    changes.push({ table, type: 'INSERT', row, old: null, atMs: SHOP_OPENS_MS });
  };
  const update = (table: string, row: ShopRow, old: ShopRow): void => {
    changes.push({ table, type: 'UPDATE', row, old, atMs: SHOP_OPENS_MS });
  };
  playRegions(random, insert, update);
  playCategories(insert);
  playDates(insert);
  const skus = playSkus(random, insert, update);
  const users = playUsers(random, userCount, insert);
  return { changes, skus, users, provinceCount: PROVINCES };
}

type Insert = (table: string, row: ShopRow) => void;
type Update = (table: string, row: ShopRow, old: ShopRow) => void;

function playRegions(random: Random, insert: Insert, update: Update): void {
  REGIONS.forEach((name, i) => {
    insert('base_region', { id: String(i + 1), region_name: name });
  });
  const provinces: ShopRow[] = [];
  for (let i = 1; i <= PROVINCES; i++) {
    const row = {
      id: String(i),
      name: `省份${i}`,
      region_id: String(1 + random.below(REGIONS.length)),
      area_code: String(100_000 + i * 10_000),
    };
    provinces.push(row);
    insert('base_province', row);
  }
  const moved = provinces[4] as ShopRow;
  update('base_province', { ...moved, region_id: '7' }, { region_id: moved['region_id'] ?? null });
  BRANDS.forEach((name, i) => {
    insert('base_trademark', { tm_id: String(i + 1), tm_name: name });
  });
  update('base_trademark', { tm_id: '1', tm_name: '红米' }, { tm_name: 'Redmi' });
}

function playCategories(insert: Insert): void {
  for (let i = 1; i <= 18; i++) insert('base_category1', { id: String(i), name: `一级${i}` });
  for (let i = 1; i <= 125; i++)
    insert('base_category2', { id: String(i), name: `二级分类 ${i}`, category1_id: String(1 + (i % 18)) });
  for (let i = 1; i <= 1149; i++)
    insert('base_category3', { id: String(i), name: `三级分类 ${i}`, category2_id: String(1 + (i % 125)) });
}

function playDates(insert: Insert): void {
  HOLIDAYS.forEach((name, i) => {
    insert('holiday_info', { holiday_id: String(i + 1), holiday_name: name });
  });
  insert('holiday_year', { year_id: '2021', holiday_id: '7', start_date_id: '20211001', end_date_id: '20211007' });
  insert('holiday_year', { year_id: '2021', holiday_id: '1', start_date_id: '20211111', end_date_id: '20211112' });
  for (let day = 0; day < 365; day++) {
    const date = new Date(Date.UTC(2021, 0, 1) + day * DAY_MS);
    const weekDay = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
    const month = date.getUTCMonth() + 1;
    const dateId = date.toISOString().slice(0, 10).replaceAll('-', '');
    const holiday = holidayOf(dateId);
    insert('date_info', {
      date_id: dateId,
      week_id: String(1 + Math.floor((day + 4) / 7)),
      week_day: String(weekDay),
      day: String(date.getUTCDate()),
      month: String(month),
      quarter: String(Math.ceil(month / 3)),
      year: '2021',
      is_workday: holiday === null && weekDay <= 5 ? '1' : '0',
      holiday_id: holiday,
    });
  }
}

function holidayOf(dateId: string): string | null {
  if (dateId >= '20211001' && dateId <= '20211007') return '7';
  if (dateId >= '20211111' && dateId <= '20211112') return '1';
  return null;
}

function playSkus(random: Random, insert: Insert, update: Update): Sku[] {
  const skus: Sku[] = [];
  for (let i = 1; i <= SKUS; i++) {
    const sku = {
      id: String(i),
      name: `商品 ${i} iPhone X ${64 << random.below(4)} GB`,
      price: 10 + random.below(9000),
    };
    skus.push(sku);
    const row = {
      id: sku.id,
      spu_id: String(1 + random.below(100)),
      price: String(sku.price),
      sku_name: sku.name,
      sku_desc: `say "hi" \\ ${'d'.repeat(20 + random.below(60))}`,
      weight: (random.below(1000) / 100).toFixed(2),
      tm_id: String(1 + random.below(BRANDS.length)),
      category3_id: String(1 + random.below(1149)),
      sku_default_img: `http://img.shop/${i}.jpg`,
      create_time: dateTime(SHOP_OPENS_MS),
    };
    insert('sku_info', row);
    if (i % 50 === 0)
      update(
        'sku_info',
        { ...row, category3_id: '1', weight: '1.00' },
        { category3_id: row.category3_id, weight: row.weight },
      );
  }
  return skus;
}

function playUsers(random: Random, count: number, insert: Insert): ShopRow[] {
  const users: ShopRow[] = [];
  for (let i = 1; i <= count; i++) {
    const row: ShopRow = {
      id: String(i),
      login_name: `user${i}`,
      nick_name: random.pick(['阿明', 'Kit', '小红', 'Zoë']),
      passwd: null,
      name: random.pick(['王伟', '李娜', 'Anna', 'Max']),
      phone_num: `138${String(10_000_000 + random.below(89_999_999))}`,
      email: `user${i}@shop.example`,
      head_img: null,
      user_level: String(1 + random.below(4)),
      birthday: new Date(Date.UTC(1950 + random.below(55), random.below(12), 1 + random.below(28)))
        .toISOString()
        .slice(0, 10),
      gender: random.pick(['M', 'F']),
      create_time: dateTime(SHOP_OPENS_MS - random.below(40) * DAY_MS + random.below(DAY_MS)),
    };
    users.push(row);
    insert('user_info', row);
  }
  return users;
}
