/** The warehouse's indicators, recomputed in plain TypeScript from the shop's own rows: what the ADS tables must hold. */
import { playShop, type ShopSize } from './shop.ts';
import type { ShopRow } from './shop-change.ts';

/** Rows of one indicator table, each as the texts of its columns in order. */
export interface Indicator {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
}

/** The shop's tables as they stand after all changes: key (or the whole row, where there is none) to row. */
type Shop = ReadonlyMap<string, ReadonlyMap<string, ShopRow>>;

/** An order with what the dimensions say of it. */
interface OrderFact {
  readonly id: string;
  readonly userId: string;
  readonly cents: bigint;
  readonly day: string;
  readonly region: string;
}
interface DetailFact {
  readonly orderId: string;
  readonly day: string;
  readonly skuId: string;
  readonly skuName: string;
  readonly pieces: bigint;
  readonly cents: bigint;
  readonly brand: string;
  readonly category: string;
}

/** `changes`: how many of the shop's changes have been played. */
export function computeIndicators(size: ShopSize, changes: number): Indicator[] {
  const shop = finalTables(size, changes);
  const orders = orderFacts(shop);
  const details = detailFacts(shop, new Map(orders.map((order) => [order.id, order])));
  return [
    regionDay(orders),
    categoryBrand(details),
    skuTop(details),
    conversion(shop, orders),
    newUsers(shop),
    dayType(shop, orders),
  ];
}

function finalTables(size: ShopSize, changes: number): Shop {
  const tables = new Map<string, Map<string, ShopRow>>();
  let count = 0;
  for (const change of playShop(size)) {
    if (++count > changes) break;
    const rows = tables.get(change.table) ?? new Map<string, ShopRow>();
    tables.set(change.table, rows);
    const key =
      change.row['id'] ??
      change.row['tm_id'] ??
      change.row['date_id'] ??
      change.row['holiday_id'] ??
      JSON.stringify(change.row);
    if (change.type === 'DELETE') rows.delete(key);
    else rows.set(key, change.row);
  }
  return tables;
}

function rowsOf(shop: Shop, table: string): ShopRow[] {
  return [...(shop.get(table)?.values() ?? [])];
}

function text(row: ShopRow | undefined, column: string): string {
  return row?.[column] ?? '';
}

function find(shop: Shop, table: string, key: string): ShopRow | undefined {
  return shop.get(table)?.get(key);
}

function centsOf(decimal: string): bigint {
  const [whole, part = ''] = decimal.split('.') as [string, string?];
  return BigInt(whole) * 100n + BigInt(part.padEnd(2, '0'));
}

function decimalOf(cents: bigint): string {
  return `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`;
}

function orderFacts(shop: Shop): OrderFact[] {
  return rowsOf(shop, 'order_info').map((order) => {
    const province = find(shop, 'base_province', text(order, 'province_id'));
    return {
      id: text(order, 'id'),
      userId: text(order, 'user_id'),
      cents: centsOf(text(order, 'total_amount')),
      day: text(order, 'create_time').slice(0, 10),
      region: text(find(shop, 'base_region', text(province, 'region_id')), 'region_name'),
    };
  });
}

function detailFacts(shop: Shop, orders: ReadonlyMap<string, OrderFact>): DetailFact[] {
  const facts: DetailFact[] = [];
  for (const detail of rowsOf(shop, 'order_detail')) {
    const order = orders.get(text(detail, 'order_id'));
    if (!order) continue;
    const sku = find(shop, 'sku_info', text(detail, 'sku_id'));
    const category3 = find(shop, 'base_category3', text(sku, 'category3_id'));
    const category2 = find(shop, 'base_category2', text(category3, 'category2_id'));
    const pieces = BigInt(text(detail, 'sku_num'));
    facts.push({
      orderId: order.id,
      day: order.day,
      skuId: text(detail, 'sku_id'),
      skuName: text(detail, 'sku_name'),
      pieces,
      cents: pieces * centsOf(text(detail, 'order_price')),
      brand: text(find(shop, 'base_trademark', text(sku, 'tm_id')), 'tm_name'),
      category: text(find(shop, 'base_category1', text(category2, 'category1_id')), 'name'),
    });
  }
  return facts;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

function sum<T>(items: readonly T[], of: (item: T) => bigint): bigint {
  return items.reduce((total, item) => total + of(item), 0n);
}

function regionDay(orders: readonly OrderFact[]): Indicator {
  const groups = groupBy(orders, (order) => JSON.stringify([order.day, order.region]));
  const rows = [...groups].map(([key, group]) => [
    ...(JSON.parse(key) as string[]),
    String(group.length),
    String(new Set(group.map((order) => order.userId)).size),
    decimalOf(sum(group, (order) => order.cents)),
  ]);
  return { table: 'ads_region_day', columns: ['dt', 'region_name', 'orders', 'buyers', 'amount'], rows };
}

function categoryBrand(details: readonly DetailFact[]): Indicator {
  const groups = groupBy(details, (detail) => JSON.stringify([detail.category, detail.brand]));
  const rows = [...groups].map(([key, group]) => [
    ...(JSON.parse(key) as string[]),
    String(new Set(group.map((detail) => detail.orderId)).size),
    String(sum(group, (detail) => detail.pieces)),
    decimalOf(sum(group, (detail) => detail.cents)),
  ]);
  return { table: 'ads_category_brand', columns: ['category1_name', 'tm_name', 'orders', 'pieces', 'amount'], rows };
}

function skuTop(details: readonly DetailFact[]): Indicator {
  const rows: string[][] = [];
  for (const [day, ofDay] of groupBy(details, (detail) => detail.day)) {
    const goods = [...groupBy(ofDay, (detail) => detail.skuId).values()].map((group) => ({
      id: group[0]?.skuId ?? '',
      name:
        group
          .map((detail) => detail.skuName)
          .sort()
          .at(-1) ?? '',
      pieces: sum(group, (detail) => detail.pieces),
      cents: sum(group, (detail) => detail.cents),
    }));
    goods.sort((a, b) => (a.cents === b.cents ? Number(a.id) - Number(b.id) : a.cents > b.cents ? -1 : 1));
    goods.slice(0, 10).forEach((good, i) => {
      rows.push([day, String(i + 1), good.id, good.name, String(good.pieces), decimalOf(good.cents)]);
    });
  }
  return { table: 'ads_sku_top', columns: ['dt', 'rn', 'sku_id', 'sku_name', 'pieces', 'amount'], rows };
}

function conversion(shop: Shop, orders: readonly OrderFact[]): Indicator {
  const paid = new Set(rowsOf(shop, 'payment_info').map((payment) => text(payment, 'order_id')));
  const rows = [...groupBy(orders, (order) => order.day)].map(([day, group]) => {
    const paidOrders = group.filter((order) => paid.has(order.id)).length;
    // Half up at the fourth digit, in integers.
    const tenThousandths = (BigInt(paidOrders) * 100_000n) / BigInt(group.length);
    const rounded = (tenThousandths + 5n) / 10n;
    const share = `${rounded / 10_000n}.${(rounded % 10_000n).toString().padStart(4, '0')}`;
    return [day, String(group.length), String(paidOrders), share];
  });
  return { table: 'ads_conversion', columns: ['dt', 'orders', 'paid', 'paid_share'], rows };
}

function newUsers(shop: Shop): Indicator {
  const groups = groupBy(rowsOf(shop, 'user_info'), (user) => text(user, 'create_time').slice(0, 10));
  const rows = [...groups].map(([day, group]) => [
    day,
    String(group.length),
    String(group.filter((user) => user['gender'] === 'F').length),
  ]);
  return { table: 'ads_new_users', columns: ['dt', 'users', 'women'], rows };
}

function dayType(shop: Shop, orders: readonly OrderFact[]): Indicator {
  const typeOf = (order: OrderFact): string => {
    const date = find(shop, 'date_info', order.day.replaceAll('-', ''));
    const holiday = text(find(shop, 'holiday_info', text(date, 'holiday_id')), 'holiday_name');
    if (holiday !== '') return holiday;
    return text(date, 'is_workday') === '1' ? 'workday' : 'weekend';
  };
  const rows = [...groupBy(orders, typeOf)].map(([type, group]) => [
    type,
    String(group.length),
    decimalOf(sum(group, (order) => order.cents)),
  ]);
  return { table: 'ads_day_type', columns: ['day_type', 'orders', 'amount'], rows };
}
