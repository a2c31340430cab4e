/** Text that reads columns of batches and lanes of records, and writes columns. Names: `I` and a letter for inputs, `O` for the output. */
import type { Operand } from '../functions/generated-code.ts';
import { BATCH_ROWS } from '../types/batch.ts';
import { LANE_BYTES, type LaneKind, lanesOf } from '../types/column.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { CodeBuilder } from './code-builder.ts';

/** For columns whose batch has no nulls although their type allows them. */
const NO_NULLS = new Uint8Array(BATCH_ROWS);

/** Column `index` of the batch in the variable `batch` at row `row`, through arrays fetched once a call. */
export function readColumn(
  builder: CodeBuilder,
  batch: string,
  index: number,
  type: LogicalType,
  row: string,
): Operand {
  const name = `${batch}${index}`;
  const lanes = lanesOf(type).map((_, lane) => {
    builder.prologue(`const ${name}_${lane} = ${batch}.columns[${index}].lane${lane};`);
    return `${name}_${lane}[${row}]`;
  });
  if (!type.nullable) return { type, lanes, isNull: 'false' };
  const none = noNulls(builder);
  builder.prologue(`const ${name}_n = ${batch}.columns[${index}].nulls ?? ${none};`);
  return { type, lanes, isNull: `${name}_n[${row}]` };
}

const noNullsNames = new WeakMap<CodeBuilder, string>();

function noNulls(builder: CodeBuilder): string {
  const known = noNullsNames.get(builder);
  if (known) return known;
  const name = builder.constant(NO_NULLS);
  noNullsNames.set(builder, name);
  return name;
}

/** Statements that write a value into column `index` of the batch in the variable `batch` at row `row`. */
export function writeColumn(
  builder: CodeBuilder,
  batch: string,
  index: number,
  type: LogicalType,
  row: string,
  value: Operand,
): string {
  const name = `${batch}${index}`;
  const lanes = lanesOf(type).map((_, lane) => {
    builder.prologue(`const ${name}_${lane} = ${batch}.columns[${index}].lane${lane};`);
    return `${name}_${lane}[${row}] = ${value.lanes[lane]};`;
  });
  if (!type.nullable) return lanes.join(' ');
  builder.prologue(`const ${name}_n = ${batch}.columns[${index}].nulls;`);
  const isNull = value.isNull === 'false' ? '0' : value.isNull === '1' ? '1' : `${value.isNull} ? 1 : 0`;
  return `${lanes.join(' ')} ${name}_n[${row}] = ${isNull};`;
}

/** Where a column lies in a record: byte offsets from its address. */
export interface RecordColumn {
  readonly lanes: readonly number[];
  /** Offset of the null byte, or -1. */
  readonly nullByte: number;
}

/** A column of the record whose address is in the variable `address`. */
export function readRecord(column: RecordColumn, type: LogicalType, address: string): Operand {
  const lanes = lanesOf(type).map((lane, i) => recordLane(lane, address, column.lanes[i] as number));
  return { type, lanes, isNull: column.nullByte < 0 ? 'false' : `H.u8[${address} + ${column.nullByte}]` };
}

function recordLane(lane: LaneKind, address: string, offset: number): string {
  const shift = Math.log2(LANE_BYTES[lane]);
  return shift === 0 ? `H.${lane}[${address} + ${offset}]` : `H.${lane}[(${address} + ${offset}) >>> ${shift}]`;
}
