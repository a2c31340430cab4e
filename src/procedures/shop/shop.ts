/** Plays the retail shop: a deterministic sequence of row changes of its fifteen tables, for a seed and a number of orders. */

import { playBaseTables, SHOP_OPENS_MS, type Sku } from './base-tables.ts';
import { Random } from './random.ts';
import { dateTime, type ShopChange, type ShopRow } from './shop-change.ts';

export interface ShopSize {
  readonly orders: number;
  readonly seed: number;
}

/** The shop is open for this many days, however many orders there are. */
const SHOP_DAYS = 30;
const DAY_MS = 86_400_000;
/** Orders that are under way at the same time, at most. */
const OPEN_ORDERS_MAX = 1000;
const NEXT_STATUS: Readonly<Record<string, string>> = { '1001': '1002', '1002': '1004', '1004': '1005' };

/** All changes in order. The same size gives the same changes. */
export function* playShop(size: ShopSize): Generator<ShopChange> {
  const random = new Random(size.seed);
  const base = playBaseTables(random, Math.max(20, Math.floor(size.orders / 4)));
  yield* base.changes;
  yield* new OrderFlow(random, base.skus, base.users, base.provinceCount, size.orders).play();
}

/** The life of the orders: placed, paid, shipped, done; some are cancelled, some deleted. */
class OrderFlow {
  readonly #random: Random;
  readonly #skus: Sku[];
  readonly #users: ShopRow[];
  readonly #provinceCount: number;
  readonly #orderCount: number;
  readonly #open: ShopRow[] = [];
  #nowMs = SHOP_OPENS_MS;
  #details = 0;
  #logs = 0;
  #payments = 0;

  constructor(random: Random, skus: Sku[], users: ShopRow[], provinceCount: number, orderCount: number) {
    this.#random = random;
    this.#skus = skus;
    this.#users = users;
    this.#provinceCount = provinceCount;
    this.#orderCount = orderCount;
  }

  *play(): Generator<ShopChange> {
    const stepMs = Math.max(1000, Math.floor((SHOP_DAYS * DAY_MS) / this.#orderCount));
    for (let id = 1; id <= this.#orderCount; id++) {
      this.#nowMs += this.#random.below(stepMs * 2);
      yield* this.#place(id);
      if (this.#random.below(50) === 0) yield this.#promoteUser();
      while (this.#open.length > OPEN_ORDERS_MAX || (this.#open.length > 5 && this.#random.below(3) > 0))
        yield* this.#advance(this.#random.below(this.#open.length));
    }
  }

  *#place(id: number): Generator<ShopChange> {
    const lines = Array.from({ length: 1 + this.#random.below(3) }, () => ({
      sku: this.#skus[Math.min(this.#random.below(this.#skus.length), this.#random.below(this.#skus.length))] as Sku,
      count: 1 + this.#random.below(4),
    }));
    const total = lines.reduce((sum, line) => sum + line.sku.price * line.count, 0);
    const order = this.#order(id, total, lines[0]?.sku.name ?? '');
    yield this.#change('order_info', 'INSERT', order);
    yield this.#log(order);
    for (const line of lines) {
      yield this.#change('order_detail', 'INSERT', {
        id: String(++this.#details),
        order_id: String(id),
        sku_id: line.sku.id,
        sku_name: line.sku.name,
        img_url: `http://img.shop/${line.sku.id}.jpg`,
        order_price: line.sku.price.toFixed(2),
        sku_num: String(line.count),
        create_time: dateTime(this.#nowMs),
      });
    }
    this.#open.push(order);
  }

  #order(id: number, total: number, body: string): ShopRow {
    const random = this.#random;
    return {
      id: String(id),
      consignee: random.pick(['王伟', '李娜', 'Anna Köhler', 'Max', '张敏', "O'Neill", 'José']),
      consignee_tel: `139${String(10_000_000 + random.below(89_999_999))}`,
      total_amount: total.toFixed(2),
      order_status: '1001',
      user_id: String(1 + random.below(this.#users.length)),
      payment_way: String(1 + random.below(3)),
      delivery_address: `第${1 + random.below(99)}大街 ${random.below(400)} 号`,
      order_comment: random.below(8) === 0 ? 'please call "before" delivery 😀' : null,
      out_trade_no: String(100_000_000_000 + id),
      trade_body: body,
      create_time: dateTime(this.#nowMs),
      operate_time: null,
      expire_time: dateTime(this.#nowMs + 900_000),
      tracking_no: null,
      parent_order_id: null,
      img_url: `http://img.shop/o${id}.jpg`,
      province_id: String(1 + random.below(this.#provinceCount)),
    };
  }

  *#advance(at: number): Generator<ShopChange> {
    const order = this.#open[at] as ShopRow;
    this.#nowMs += this.#random.below(2000);
    const fate = order['order_status'] === '1001' ? this.#random.below(25) : -1;
    if (fate === 0) {
      this.#open.splice(at, 1);
      yield this.#change('order_info', 'DELETE', order);
      return;
    }
    const status = fate === 1 ? '1003' : (NEXT_STATUS[order['order_status'] as string] as string);
    const next: ShopRow = { ...order, order_status: status, operate_time: dateTime(this.#nowMs) };
    const old = { order_status: order['order_status'] ?? null, operate_time: order['operate_time'] ?? null };
    yield this.#change('order_info', 'UPDATE', next, old);
    yield this.#log(next);
    if (status === '1002') yield this.#pay(next);
    if (status === '1003' || status === '1005') this.#open.splice(at, 1);
    else this.#open[at] = next;
  }

  #pay(order: ShopRow): ShopChange {
    const id = String(++this.#payments);
    return this.#change('payment_info', 'INSERT', {
      id,
      out_trade_no: order['out_trade_no'] ?? null,
      order_id: order['id'] ?? null,
      user_id: order['user_id'] ?? null,
      alipay_trade_no: `A${id}`,
      total_amount: order['total_amount'] ?? null,
      subject: (order['trade_body'] ?? '').slice(0, 20),
      payment_type: String(1 + this.#random.below(2)),
      payment_time: dateTime(this.#nowMs),
    });
  }

  #log(order: ShopRow): ShopChange {
    return this.#change('order_status_log', 'INSERT', {
      id: String(++this.#logs),
      order_id: order['id'] ?? null,
      order_status: order['order_status'] ?? null,
      operate_time: dateTime(this.#nowMs),
    });
  }

  #promoteUser(): ShopChange {
    const at = this.#random.below(this.#users.length);
    const user = this.#users[at] as ShopRow;
    const level = String(1 + (Number(user['user_level']) % 4));
    this.#users[at] = { ...user, user_level: level };
    return this.#change('user_info', 'UPDATE', this.#users[at], { user_level: user['user_level'] ?? null });
  }

  #change(table: string, type: ShopChange['type'], row: ShopRow, old: ShopRow | null = null): ShopChange {
    return { table, type, row, old, atMs: this.#nowMs };
  }
}
