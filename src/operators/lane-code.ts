/** Text of generated code: how a column of a batch or of a state record is read and written. No loops and no meaning here. */
import type { Operand } from '../functions/generated-code.ts';
import type { Slot } from '../state/state.ts';
import { LANE_BYTES, type LaneKind, lanesOf } from '../types/column.ts';
import type { LogicalType } from '../types/logical-type.ts';

const SHIFT: Record<number, string> = { 1: '', 2: ' >>> 1', 4: ' >>> 2', 8: ' >>> 3' };

/** Column `index` of the batch named `batch` at row `row`. */
export function batchOperand(batch: string, index: number, type: LogicalType, row: string): Operand {
  const column = `${batch}.columns[${index}]`;
  return {
    type,
    lanes: lanesOf(type).map((_, lane) => `${column}.lane${lane}[${row}]`),
    isNull: type.nullable ? `${column}.nulls[${row}]` : 'false',
  };
}

/** A slot of the record at `address`, read through the heap `H`. */
export function recordOperand(slot: Slot, type: LogicalType, address: string): Operand {
  return {
    type,
    lanes: lanesOf(type).map((lane, i) => heapLane(lane, address, slot.lanes[i] as number)),
    isNull: slot.nullByte < 0 ? 'false' : `H.u8[${address} + ${slot.nullByte}]`,
  };
}

function heapLane(lane: LaneKind, address: string, offset: number): string {
  const bytes = LANE_BYTES[lane];
  return `H.${lane}[${bytes === 1 ? `${address} + ${offset}` : `(${address} + ${offset})${SHIFT[bytes]}`}]`;
}

/** Statements that write `value` into a batch's column. */
export function assignBatch(batch: string, index: number, type: LogicalType, row: string, value: Operand): string {
  return assign(batchOperand(batch, index, type, row), value);
}

/** A lane of a column or of a record. */
const STORED = /^(?:\w+\.columns\[\d+\]\.lane\d|H\.\w+)\[[^[\]]*\]$/;

/** Where a value is null its lanes may hold nothing at all, unless they are those of a column or a record. */
function assign(target: Operand, value: Operand): string {
  const lanes = target.lanes.map((lane, i) => `${lane} = ${value.lanes[i]};`).join(' ');
  if (target.isNull === 'false') return lanes;
  if (value.isNull === 'false') return `${lanes} ${target.isNull} = 0;`;
  if (value.lanes.every((lane) => STORED.test(lane))) return `${lanes} ${target.isNull} = ${value.isNull} ? 1 : 0;`;
  return `if (${value.isNull}) ${target.isNull} = 1; else { ${lanes} ${target.isNull} = 0; }`;
}

/** Statements that write the null of a column. */
export function assignNull(batch: string, index: number, type: LogicalType, row: string): string {
  return type.nullable ? `${batch}.columns[${index}].nulls[${row}] = 1;` : '';
}

/** Statements that write `value` into a slot of fixed width; bytes columns go through the table. */
export function assignRecord(slot: Slot, type: LogicalType, address: string, value: Operand): string {
  return assign(recordOperand(slot, type, address), value);
}

export function isBytes(type: LogicalType): boolean {
  return lanesOf(type)[0] === 'u32';
}

/** An expression that is true when two values of one type are the same for GROUP BY (null equals null, NaN equals NaN). */
export function sameValue(a: Operand, b: Operand): string {
  const kind = lanesOf(a.type)[0];
  let same: string;
  if (kind === 'u32') same = `sameBytes(H, ${a.lanes[0]}, ${a.lanes[1]}, ${b.lanes[0]}, ${b.lanes[1]})`;
  else if ((kind === 'f64' || kind === 'f32') && (a.type.kind === 'DOUBLE' || a.type.kind === 'FLOAT'))
    same = `Object.is(${a.lanes[0]}, ${b.lanes[0]})`;
  else same = a.lanes.map((lane, i) => `${lane} === ${b.lanes[i]}`).join(' && ');
  if (a.isNull === 'false' && b.isNull === 'false') return `(${same})`;
  if (a.isNull === 'false') return `(!${b.isNull} && ${same})`;
  if (b.isNull === 'false') return `(!${a.isNull} && ${same})`;
  return `(${a.isNull} ? !!${b.isNull} : (!${b.isNull} && ${same}))`;
}

/**
 * Statements that put the order of two values, as SQL sorts them, into `result`: below 0, 0, above 0. Nulls first or last is
 * independent of the direction.
 */
export function compareValues(a: Operand, b: Operand, ascending: boolean, nullsFirst: boolean, result: string): string {
  const less = ascending ? -1 : 1;
  const value = compareLanes(a, b, less, result);
  if (a.isNull === 'false' && b.isNull === 'false') return value;
  const first = nullsFirst ? -1 : 1;
  return `if (${a.isNull}) { ${result} = ${b.isNull} ? 0 : ${first}; } else if (${b.isNull}) { ${result} = ${-first}; } else { ${value} }`;
}

function compareLanes(a: Operand, b: Operand, less: number, result: string): string {
  if (isBytes(a.type)) {
    const order = `orderBytes(H, ${a.lanes[0]}, ${a.lanes[1]}, ${b.lanes[0]}, ${b.lanes[1]})`;
    return `${result} = ${less < 0 ? order : `-${order}`};`;
  }
  return a.lanes
    .map(
      (lane, i) =>
        `${result} = ${lane} < ${b.lanes[i]} ? ${less} : ${lane} > ${b.lanes[i]} ? ${-less} : 0;${i + 1 < a.lanes.length ? ` if (${result} === 0) {` : ''}`,
    )
    .join(' ')
    .concat('}'.repeat(a.lanes.length - 1));
}
