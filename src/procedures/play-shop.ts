/** `CALL sys.play_shop()`: writes the shop's changes as canal-json into embedded topics, exactly once, and goes on where it stopped. */
import { beginFrame, endFrame } from '../connectors/kafka/message-frame.ts';
import { TopicLog } from '../connectors/kafka/topic-log.ts';
import { GrowingBytes, putBytes } from '../formats/bytes-out.ts';
import { types } from '../types/logical-type.ts';
import { defineProcedure } from './procedure.ts';
import { canalMessage } from './shop/canal-message.ts';
import { playShop as playChanges } from './shop/shop.ts';
import type { ShopChange } from './shop/shop-change.ts';
import { SHOP_TABLES } from './shop/shop-tables.ts';

const INCARNATION = 1;

export const playShop = defineProcedure({
  name: 'play_shop',
  summary: "Plays a retail shop: writes its tables' changes as canal-json into the embedded topics mysql.<table>.",
  args: [
    { name: 'orders', type: 'INT', default: 20_000 },
    { name: 'seed', type: 'INT', default: 1 },
    // Changes between two commits of a topic.
    { name: 'epoch', type: 'INT', default: 20_000 },
    // Changes to stop after, a multiple of `epoch`; 0: all. A later call goes on.
    { name: 'changes', type: 'INT', default: 0 },
  ],
  async call(args, context) {
    const size = { orders: Number(args['orders']), seed: Number(args['seed']) };
    const epochChanges = Number(args['epoch']);
    const lastChange = Number(args['changes']) || Number.POSITIVE_INFINITY;
    const topics = new Map<string, ShopTopic>();
    for (const { name } of SHOP_TABLES) {
      const log = new TopicLog(context.home, `mysql.${name}`);
      await log.create(1);
      topics.set(name, new ShopTopic(log, `shop-${size.seed}-${size.orders}-${epochChanges}`));
    }
    let sequence = 0;
    let epoch = 0;
    for (const change of playChanges(size)) {
      (topics.get(change.table) as ShopTopic).add(change, ++sequence);
      if (sequence % epochChanges !== 0) continue;
      for (const topic of topics.values()) await topic.commit(epoch);
      epoch++;
      context.progress(`The shop has played ${sequence} changes …`);
      if (sequence >= lastChange) break;
    }
    for (const topic of topics.values()) await topic.commit(epoch);
    return {
      columns: [
        { name: 'topic', type: types.string() },
        { name: 'messages', type: types.bigint() },
      ],
      rows: [...topics.values()].map((topic) => [topic.name, BigInt(topic.count)]),
    };
  },
});

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
