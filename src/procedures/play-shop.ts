/** `CALL sys.play_shop()`: writes the shop's changes as canal-json into embedded topics, or as rows into MySQL, exactly once, and goes on where it stopped. */

import { EngineError } from '../base/error.ts';
import { uninterrupted } from '../base/interruption.ts';
import { parseJdbcUrl } from '../connectors/jdbc/jdbc-url.ts';
import { MysqlDatabase } from '../connectors/jdbc/mysql-database.ts';
import { beginFrame, endFrame } from '../connectors/kafka/message-frame.ts';
import { TopicLog } from '../connectors/kafka/topic-log.ts';
import { GrowingBytes, putBytes } from '../formats/bytes-out.ts';
import { types } from '../types/logical-type.ts';
import { defineProcedure } from './procedure.ts';
import { canalMessage } from './shop/canal-message.ts';
import { playShop as playChanges } from './shop/shop.ts';
import type { ShopChange } from './shop/shop-change.ts';
import { ShopDatabase } from './shop/shop-database.ts';
import { SHOP_TABLES } from './shop/shop-tables.ts';

const INCARNATION = 1;

export const playShop = defineProcedure({
  name: 'play_shop',
  summary:
    "Plays a retail shop: writes its tables' changes as canal-json into the embedded topics mysql.<table>, or into MySQL.",
  args: [
    { name: 'orders', type: 'INT', default: 20_000 },
    { name: 'seed', type: 'INT', default: 1 },
    // Changes between two commits of a topic.
    { name: 'epoch', type: 'INT', default: 20_000 },
    // Changes to stop after, a multiple of `epoch`; 0: all. A later call goes on.
    { name: 'changes', type: 'INT', default: 0 },
    // jdbc:mysql://host:port/database: plays into these tables and not into topics.
    { name: 'url', type: 'STRING', default: '' },
    { name: 'username', type: 'STRING', default: '' },
    { name: 'password', type: 'STRING', default: '' },
  ],
  async call(args, context) {
    const size = { orders: Number(args['orders']), seed: Number(args['seed']) };
    const epochChanges = Number(args['epoch']);
    const last = Number(args['changes']) || Number.POSITIVE_INFINITY;
    const lineage = `shop-${size.seed}-${size.orders}-${epochChanges}`;
    const stage =
      args['url'] === '' ? await openTopics(context.home, lineage) : await openDatabase(args, context.home, lineage);
    try {
      let sequence = 0;
      for (const change of playChanges(size)) {
        stage.add(change, ++sequence);
        if (sequence % epochChanges !== 0) continue;
        await stage.commit(sequence / epochChanges - 1);
        context.progress(`The shop has played ${sequence} changes …`);
        if (sequence >= last) break;
      }
      if (sequence % epochChanges !== 0) await stage.commit(Math.floor(sequence / epochChanges));
    } finally {
      await stage.close();
    }
    return {
      columns: [
        { name: 'table', type: types.string() },
        { name: 'changes', type: types.bigint() },
      ],
      rows: stage.counts().map(([name, count]) => [name, BigInt(count)]),
    };
  },
});

/** Where the shop is played. */
interface Stage {
  add(change: ShopChange, sequence: number): void;
  /** Makes what was added durable; an epoch that was committed before is passed over. */
  commit(epoch: number): Promise<void>;
  counts(): Array<[string, number]>;
  close(): Promise<void>;
}

async function openTopics(home: string, lineage: string): Promise<Stage> {
  const topics = new Map<string, ShopTopic>();
  for (const { name } of SHOP_TABLES) {
    const log = new TopicLog(home, `mysql.${name}`);
    await log.create(1);
    topics.set(name, new ShopTopic(log, lineage));
  }
  return {
    add: (change, sequence) => (topics.get(change.table) as ShopTopic).add(change, sequence),
    async commit(epoch) {
      for (const topic of topics.values()) await topic.commit(epoch);
    },
    counts: () => [...topics.values()].map((topic) => [topic.name, topic.count]),
    close: async () => undefined,
  };
}

async function openDatabase(
  args: Readonly<Record<string, number | string>>,
  home: string,
  lineage: string,
): Promise<Stage> {
  const address = parseJdbcUrl(String(args['url']), home);
  if (address.dialect !== 'mysql')
    throw new EngineError(
      'OPTION_VALUE',
      "The shop plays into MySQL ('url' => 'jdbc:mysql://…') or, without a url, into embedded topics.",
    );
  const database = new ShopDatabase(
    new MysqlDatabase(address, String(args['username']), String(args['password']), uninterrupted),
    lineage,
  );
  try {
    await database.open();
  } catch (error) {
    await database.close();
    throw error;
  }
  const counts = new Map(SHOP_TABLES.map(({ name }) => [name, 0]));
  return {
    add(change) {
      counts.set(change.table, (counts.get(change.table) ?? 0) + 1);
      database.add(change);
    },
    commit: (epoch) => database.commit(epoch),
    counts: () => [...counts],
    close: () => database.close(),
  };
}

/** One table's topic. An epoch that its marker has seen is not written again. */
class ShopTopic {
  readonly #log: TopicLog;
  readonly #lineage: string;
  readonly #out = new GrowingBytes(1 << 16);
  #pending = 0;
  count = 0;

  constructor(log: TopicLog, lineage: string) {
    this.#log = log;
    this.#lineage = lineage;
  }

  get name(): string {
    return this.#log.name;
  }

  add(change: ShopChange, sequence: number): void {
    const start = beginFrame(this.#out, change.atMs, null);
    putBytes(this.#out, Buffer.from(canalMessage(change, sequence), 'utf8'));
    endFrame(this.#out, start, true);
    this.#pending++;
    this.count++;
  }

  async commit(epoch: number): Promise<void> {
    if (this.#pending === 0) return;
    const count = this.#pending;
    const frames = this.#out.take();
    this.#pending = 0;
    await this.#log.commit(
      { lineage: this.#lineage, sink: 'shop' },
      {
        next: { incarnation: INCARNATION, epoch },
        decide: (marker) => (marker !== null && marker.epoch >= epoch ? 'done' : 'apply'),
        buffers: async function* () {
          yield frames;
        },
      },
      (chunk) => [{ partition: 0, frames: chunk, count }],
    );
  }
}
