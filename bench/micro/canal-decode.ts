/** canal-json decoded into columns against `JSON.parse` of the same messages in the same round: 18 string fields, UPDATE with `old`, 4 columns wanted. */
import { findFormat } from '../../src/formats/index.ts';
import { BatchWriter } from '../../src/types/batch.ts';
import { Heap } from '../../src/types/heap.ts';
import { readText } from '../../src/types/heap-bytes.ts';
import { type Field, type LogicalType, types } from '../../src/types/logical-type.ts';

const MESSAGES = 20_000;
const ROUNDS = 9;
const COLUMNS: Readonly<Record<string, LogicalType>> = {
  id: types.bigint(),
  user_id: types.bigint(),
  total_amount: types.decimal(10, 2),
  order_status: types.string(),
};
const NAMES = [
  'id',
  'consignee',
  'consignee_tel',
  'total_amount',
  'order_status',
  'user_id',
  'payment_way',
  'delivery_address',
  'order_comment',
  'out_trade_no',
  'trade_body',
  'create_time',
  'operate_time',
  'expire_time',
  'tracking_no',
  'parent_order_id',
  'img_url',
  'province_id',
]; // prettier-ignore

function message(i: number, mapped: boolean): string {
  const data: Record<string, string | null> = {
    id: String(100_000 + i),
    consignee: i % 4 === 0 ? '王小明' : `name${i % 100}`,
    consignee_tel: '13012345678',
    total_amount: `${(i % 9000) + 100}.${10 + (i % 90)}`,
    order_status: i % 2 ? '1001' : '1002',
    user_id: String(1 + (i % 20_000)),
    payment_way: null,
    delivery_address: `street ${i % 50}`,
    order_comment: '',
    out_trade_no: `${800_000_000 + i}`,
    trade_body: 'phone',
    create_time: '2020-04-25 18:47:14',
    operate_time: '2020-04-26 18:53:04',
    expire_time: null,
    tracking_no: null,
    parent_order_id: null,
    img_url: null,
    province_id: String(i % 34),
  };
  const map = (value: unknown) => (mapped ? Object.fromEntries(NAMES.map((name) => [name, value])) : {});
  return JSON.stringify({
    data: [data],
    database: 'gmall',
    es: 1_587_826_034_000 + i,
    id: 10_000 + i,
    isDdl: false,
    mysqlType: map('varchar(200)'),
    old: [{ order_status: '1000', operate_time: null }],
    pkNames: ['id'],
    sql: '',
    sqlType: map(12),
    table: 'order_info',
    ts: 1_587_826_034_123 + i,
    type: 'UPDATE',
  });
}

interface Loaded {
  readonly heap: Heap;
  readonly addresses: Int32Array;
  readonly lengths: Int32Array;
  readonly bytes: number;
}

function load(texts: readonly string[]): Loaded {
  const heap = new Heap();
  const addresses = new Int32Array(texts.length);
  const lengths = new Int32Array(texts.length);
  let bytes = 0;
  for (const [i, text] of texts.entries()) {
    const encoded = Buffer.from(text);
    addresses[i] = heap.allocate(encoded.length);
    lengths[i] = encoded.length;
    heap.u8.set(encoded, addresses[i]);
    bytes += encoded.length;
  }
  return { heap, addresses, lengths, bytes };
}

function decoderOf(heap: Heap, names: readonly string[]) {
  const fields: Field[] = NAMES.map((name) => ({ name, type: COLUMNS[name] ?? types.string() }));
  const format = findFormat('canal-json');
  const decoding = format?.decoding?.({
    table: 'bench',
    option: (key) => format.options.find((spec) => spec.key === key)?.default,
  });
  const columns = names.map((name, target) => ({
    path: [name],
    type: fields.find((field) => field.name === name)?.type ?? types.string(),
    target,
  }));
  const decoder = decoding?.createDecoder({ heap, fields, columns, timeZone: 'UTC' });
  if (!decoder) throw new Error('no decoder');
  let rows = 0;
  const writer = new BatchWriter(
    columns.map((column) => column.type),
    (batch) => {
      rows += batch.rowCount;
    },
  );
  return { decoder, writer, rows: () => rows };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

for (const mapped of [false, true]) {
  const texts = Array.from({ length: MESSAGES }, (_, i) => message(i, mapped));
  const { heap, addresses, lengths, bytes } = load(texts);
  const four = decoderOf(heap, Object.keys(COLUMNS));
  const all = decoderOf(heap, NAMES);
  const times: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    times[0].push(
      timed(() => {
        for (let i = 0; i < MESSAGES; i++) {
          const start = addresses[i] as number;
          JSON.parse(readText(heap, start, lengths[i] as number));
        }
      }),
    );
    for (const [k, { decoder, writer }] of [four, all].entries())
      (times[k + 1] as number[]).push(
        timed(() => {
          for (let i = 0; i < MESSAGES; i++) {
            decoder.decode(addresses[i] as number, lengths[i] as number, writer, null);
            if ((i & 511) === 511) heap.release();
          }
          writer.flush();
        }),
      );
  }
  const [parse, projected, whole] = times.map(median) as [number, number, number];
  const rate = (ms: number) => `${(MESSAGES / ms / 1000).toFixed(2)} M msg/s`;
  console.log(
    `${Math.round(bytes / MESSAGES)} B a message: JSON.parse ${rate(parse)}; 4 columns ${rate(projected)} (${(parse / projected).toFixed(1)} ×); 18 columns ${rate(whole)} (${(parse / whole).toFixed(1)} ×)`,
  );
}
