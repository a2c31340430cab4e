/** The four workloads: SQL for the engine, and the same work written plainly over parsed messages. */

import { Kafka, logLevel } from 'kafkajs';
export interface Workload {
  readonly name: string;
  /** Topics that are read, without `bench.`; the first is the large one. */
  readonly topics: readonly string[];
  readonly sink: string;
  readonly insert: string;
  /** Consumes one parsed canal message of a topic. */
  plain(): (topic: string, message: CanalMessage) => void;
}

export interface CanalMessage {
  readonly type: string;
  readonly data: ReadonlyArray<Readonly<Record<string, string>>>;
  readonly old: ReadonlyArray<Readonly<Record<string, string>>> | null;
}

type Row = Readonly<Record<string, string>>;

/** Rows that leave and rows that come, as the format gives them. */
function changes(message: CanalMessage): { before: Row[]; after: Row[] } {
  if (message.type === 'INSERT') return { before: [], after: [...message.data] };
  if (message.type === 'DELETE') return { before: [...message.data], after: [] };
  return { before: message.data.map((row, i) => ({ ...row, ...message.old?.[i] })), after: [...message.data] };
}

const filter: Workload = {
  name: 'w1-filter',
  topics: ['order_info'],
  sink: 'id BIGINT, user_id BIGINT, total_amount DECIMAL(10,2), order_status STRING',
  insert: 'SELECT id, user_id, total_amount, order_status FROM order_info WHERE total_amount > 1000',
  plain() {
    const passed = { count: 0 };
    return (_topic, message) => {
      const { before, after } = changes(message);
      for (const row of before) if (Number(row['total_amount']) > 1000) passed.count--;
      for (const row of after) if (Number(row['total_amount']) > 1000) passed.count++;
    };
  },
};

const group: Workload = {
  name: 'w2-group',
  topics: ['order_detail'],
  sink: 'sku_id BIGINT, orders BIGINT, pieces BIGINT, amount DECIMAL(38,2), PRIMARY KEY (sku_id) NOT ENFORCED',
  insert:
    'SELECT sku_id, COUNT(*), SUM(CAST(sku_num AS BIGINT)), SUM(order_price * CAST(sku_num AS BIGINT)) FROM order_detail GROUP BY sku_id',
  plain: () => plainGroup('sku_id', (row) => Number(row['order_price']) * Number(row['sku_num'])),
};

const user: Workload = {
  name: 'w3-user',
  topics: ['order_info'],
  sink: 'user_id BIGINT, orders BIGINT, amount DECIMAL(38,2), PRIMARY KEY (user_id) NOT ENFORCED',
  insert: 'SELECT user_id, COUNT(*), SUM(total_amount) FROM order_info GROUP BY user_id',
  plain: () => plainGroup('user_id', (row) => Number(row['total_amount'])),
};

const join: Workload = {
  name: 'w4-join',
  topics: ['order_info', 'base_province', 'base_region'],
  sink: 'id BIGINT, user_id BIGINT, total_amount DECIMAL(10,2), order_status STRING, province STRING, region STRING, PRIMARY KEY (id) NOT ENFORCED',
  insert:
    'SELECT o.id, o.user_id, o.total_amount, o.order_status, p.name, r.region_name FROM order_info o JOIN base_province p ON o.province_id = p.id JOIN base_region r ON p.region_id = r.id',
  plain() {
    const orders = new Map<string, Map<string, Row>>();
    const provinces = new Map<string, Row>();
    const regions = new Map<string, Row>();
    const output = new Map<string, Row>();
    const emit = (order: Row, isAdd: boolean): void => {
      const province = provinces.get(order['province_id'] as string);
      const region = province && regions.get(province['region_id'] as string);
      if (!region) return;
      if (isAdd)
        output.set(order['id'] as string, {
          ...order,
          province: province?.['name'] as string,
          region: region['region_name'] as string,
        });
      else output.delete(order['id'] as string);
    };
    return (topic, message) => {
      const { before, after } = changes(message);
      if (topic === 'base_region') for (const row of after) regions.set(row['id'] as string, row);
      else if (topic === 'base_province') for (const row of after) provinces.set(row['id'] as string, row);
      else {
        for (const row of before) {
          orders.get(row['province_id'] as string)?.delete(row['id'] as string);
          emit(row, false);
        }
        for (const row of after) {
          const side = orders.get(row['province_id'] as string) ?? new Map<string, Row>();
          orders.set(row['province_id'] as string, side);
          side.set(row['id'] as string, row);
          emit(row, true);
        }
      }
    };
  },
};

export const WORKLOADS: readonly Workload[] = [filter, group, user, join];

function plainGroup(key: string, amount: (row: Row) => number): (topic: string, message: CanalMessage) => void {
  const groups = new Map<string, { count: number; amount: number }>();
  const add = (row: Row, sign: 1 | -1): void => {
    const id = row[key] as string;
    const state = groups.get(id) ?? { count: 0, amount: 0 };
    groups.set(id, state);
    state.count += sign;
    state.amount += sign * amount(row);
  };
  return (_topic, message) => {
    const { before, after } = changes(message);
    for (const row of before) add(row, -1);
    for (const row of after) add(row, 1);
  };
}

const TABLES: Readonly<Record<string, string>> = {
  order_info:
    'id BIGINT, consignee STRING, total_amount DECIMAL(10,2), order_status STRING, user_id BIGINT, create_time TIMESTAMP(0), province_id BIGINT',
  order_detail:
    'id BIGINT, order_id BIGINT, sku_id BIGINT, sku_name STRING, order_price DECIMAL(10,2), sku_num STRING, create_time TIMESTAMP(0)',
  base_province: 'id BIGINT, name STRING, region_id BIGINT, area_code STRING',
  base_region: 'id BIGINT, region_name STRING',
};

/** Statements of a workload, the INSERT last. */
export function statements(workload: Workload, broker: string): string[] {
  const sources = workload.topics.map(
    (topic) =>
      `CREATE TEMPORARY TABLE ${topic} (${TABLES[topic]}) WITH ('connector' = 'kafka', 'topic' = 'bench.${topic}', 'properties.bootstrap.servers' = '${broker}', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset', 'format' = 'canal-json')`,
  );
  return [
    ...sources,
    `CREATE TEMPORARY TABLE sink (${workload.sink}) WITH ('connector' = 'blackhole')`,
    `INSERT INTO sink ${workload.insert}`,
  ];
}

/** Messages that a topic of the bench holds. */
export async function countMessages(broker: string, topic: string): Promise<number> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(`bench.${topic}`);
  await admin.disconnect();
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}
