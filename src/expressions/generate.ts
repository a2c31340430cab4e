/**
 * Compiles expressions to functions over batches. A Calc is one fused loop where that stays small; else a loop that selects rows and one for
 * each group of columns, since V8 does not optimise huge functions.
 */
import { nullInNotNull } from '../base/constraint-error.ts';
import type { Operand } from '../functions/generated-code.ts';
import { BATCH_ROWS, type Batch, type BatchWriter } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { type LogicalType, withNullable } from '../types/logical-type.ts';
import { type RecordColumn, readColumn, readRecord, writeColumn } from './batch-access.ts';
import { CodeBuilder } from './code-builder.ts';
import type { CompileContext } from './compile-context.ts';
import { emitFilter } from './emit-filter.ts';
import { type Expression, inputReference } from './expression.ts';
import { ExpressionCode } from './expression-code.ts';
import { ExpressionTable } from './expression-table.ts';
import { fitOperand } from './fit-operand.ts';

const LOOP_STATEMENTS = 100;
const LOOP_COLUMNS = 16;

/** Filters and projects a batch into the output, whose batch must be empty; marks keep their places. It does not flush. */
export type Calc = (batch: Batch, output: BatchWriter) => void;

/** True where the condition is TRUE. A side that is a record is given by its address in place of the row, and null as its batch. */
export type Predicate = (left: Batch | null, leftRow: number, right: Batch | null, rightRow: number) => boolean;

/** Computes rows [start, end) of a batch into the same rows of a column. */
export type Scalar = (batch: Batch, start: number, end: number, target: Column) => void;

export interface CalcSpec {
  readonly inputTypes: readonly LogicalType[];
  readonly condition: Expression | null;
  /** Null: all columns as they are. */
  readonly projection: readonly Expression[] | null;
  readonly outputTypes: readonly LogicalType[];
  /** Names of the output's columns, for errors. */
  readonly outputNames?: readonly string[];
}

/** One side of a predicate: columns of a batch, or lanes of state records. */
export interface PredicateSide {
  readonly types: readonly LogicalType[];
  readonly record?: readonly RecordColumn[];
}

type Select = (batch: Batch, selected: Int32Array) => number;
type Project = (batch: Batch, out: Batch, selected: Int32Array, count: number) => void;

export function compileCalc(spec: CalcSpec, context: CompileContext): Calc {
  const projection = spec.projection ?? spec.inputTypes.map((type, i) => inputReference(i, type));
  if (projection.length <= LOOP_COLUMNS) {
    const fused = fusedLoop(spec, projection, context);
    if (fused.statementCount <= LOOP_STATEMENTS) return fused.build();
  }
  return splitLoops(spec, projection, context);
}

/** A condition over two rows: the right side's columns follow the left's. */
export function compilePredicate(
  condition: Expression,
  left: PredicateSide,
  right: PredicateSide,
  context: CompileContext,
): Predicate {
  const builder = new CodeBuilder();
  const code = new ExpressionCode(
    builder,
    new ExpressionTable([condition], context.findFunction),
    (index, type) => {
      const width = left.types.length;
      return index < width
        ? sideOperand(builder, 'L', left, index, type, 'lr')
        : sideOperand(builder, 'R', right, index - width, type, 'rr');
    },
    context,
  );
  emitFilter(code, condition, 'return false;');
  return builder.build(context.heap, `(L, lr, R, rr) => {\n${builder.head}\n${builder.body}\nreturn true;\n}`);
}

export function compileScalar(
  expression: Expression,
  inputTypes: readonly LogicalType[],
  context: CompileContext,
): Scalar {
  const builder = new CodeBuilder();
  const code = codeOver(builder, inputTypes, [expression], context, 'r');
  const operand = fitOperand(code, code.compile(expression), expression.type);
  builder.emit(writeColumn(builder, 'O', 0, expression.type, 'r', operand));
  return builder.build(
    context.heap,
    `(I, start, end, target) => {
const O = { columns: [target] };
${builder.head}
for (let r = start; r < end; r++) {
${builder.body}
}
}`,
  );
}

function sideOperand(
  builder: CodeBuilder,
  name: string,
  side: PredicateSide,
  index: number,
  type: LogicalType,
  row: string,
): Operand {
  const declared = withNullable(type, (side.types[index] as LogicalType).nullable);
  const column = side.record?.[index];
  return column ? readRecord(column, declared, row) : readColumn(builder, name, index, declared, row);
}

/** Inputs are the batch `I`; whether a column may be null is what its batch says. */
function codeOver(
  builder: CodeBuilder,
  inputTypes: readonly LogicalType[],
  roots: readonly Expression[],
  context: CompileContext,
  row: string,
): ExpressionCode {
  const table = new ExpressionTable(roots, context.findFunction);
  const input = (index: number, type: LogicalType): Operand =>
    readColumn(builder, 'I', index, withNullable(type, (inputTypes[index] ?? type).nullable), row);
  return new ExpressionCode(builder, table, input, context);
}

function emitProjection(
  code: ExpressionCode,
  projection: readonly Expression[],
  { outputTypes, outputNames }: CalcSpec,
  first: number,
): void {
  projection.forEach((expression, i) => {
    const type = outputTypes[first + i] as LogicalType;
    const operand = fitOperand(code, code.compile(expression), type);
    if (!type.nullable && operand.isNull !== 'false')
      code.builder.emit(refuseNull(code.builder, outputNames?.[first + i] ?? `EXPR$${first + i}`, operand.isNull));
    code.builder.emit(writeColumn(code.builder, 'O', first + i, type, 'o', operand));
  });
}

/** Some functions give a null where their type says NOT NULL (`LPAD(x, -1, y)`, an overflowing DECIMAL): no column can hold it. */
function refuseNull(builder: CodeBuilder, column: string, isNull: string): string {
  const fail = builder.constant(() => {
    throw nullInNotNull(column);
  });
  return `if (${isNull}) ${fail}();`;
}

function fusedLoop(
  spec: CalcSpec,
  projection: readonly Expression[],
  context: CompileContext,
): { statementCount: number; build(): Calc } {
  const builder = new CodeBuilder();
  const roots = spec.condition ? [spec.condition, ...projection] : projection;
  const code = codeOver(builder, spec.inputTypes, roots, context, 'r');
  if (spec.condition) emitFilter(code, spec.condition, 'continue;');
  emitProjection(code, projection, spec, 0);
  const text = `(I, W) => {
const O = W.batch, count = I.rowCount, marks = I.markCount, kinds = I.insertOnly ? null : I.kinds, outKinds = O.kinds;
${builder.head}
let o = 0, m = 0, next = marks === 0 ? count : I.markRows[0];
for (let r = 0; r < count; r++) {
if (r >= next) {
O.rowCount = o;
while (m < marks && I.markRows[m] <= r) W.mark(I.markValues[m++]);
next = m < marks ? I.markRows[m] : count;
}
${builder.body}
if (kinds !== null) outKinds[o] = kinds[r];
o++;
}
O.rowCount = o;
O.insertOnly = kinds === null;
while (m < marks) W.mark(I.markValues[m++]);
}`;
  return { statementCount: builder.statementCount, build: () => builder.build(context.heap, text) };
}

function splitLoops(spec: CalcSpec, projection: readonly Expression[], context: CompileContext): Calc {
  const select = spec.condition ? selectLoop(spec, spec.condition, context) : null;
  const projects: Project[] = [];
  for (let first = 0; first < projection.length; ) {
    const { count, project } = projectLoop(spec, projection, first, context);
    projects.push(project);
    first += count;
  }
  const selected = new Int32Array(BATCH_ROWS);
  const all = Int32Array.from(selected, (_, row) => row);
  return (batch, output) => {
    const rows = select ? selected : all;
    const count = select ? select(batch, selected) : batch.rowCount;
    const out = output.batch;
    for (const project of projects) project(batch, out, rows, count);
    finish(batch, output, rows, count);
  };
}

/** Kinds and marks of the selected rows. */
function finish(batch: Batch, output: BatchWriter, selected: Int32Array, count: number): void {
  const out = output.batch;
  out.insertOnly = batch.insertOnly;
  if (!batch.insertOnly) for (let o = 0; o < count; o++) out.kinds[o] = batch.kinds[selected[o] as number] as number;
  let o = 0;
  for (let m = 0; m < batch.markCount; m++) {
    while (o < count && (selected[o] as number) < (batch.markRows[m] as number)) o++;
    out.rowCount = o;
    output.mark(batch.markValues[m] as number);
  }
  out.rowCount = count;
}

function selectLoop(spec: CalcSpec, condition: Expression, context: CompileContext): Select {
  const builder = new CodeBuilder();
  const code = codeOver(builder, spec.inputTypes, [condition], context, 'r');
  emitFilter(code, condition, 'continue;');
  return builder.build(
    context.heap,
    `(I, S) => {
const count = I.rowCount;
${builder.head}
let n = 0;
for (let r = 0; r < count; r++) {
${builder.body}
S[n++] = r;
}
return n;
}`,
  );
}

/** As many columns from `first` on as fit one loop, at least one. */
function projectLoop(
  spec: CalcSpec,
  projection: readonly Expression[],
  first: number,
  context: CompileContext,
): { count: number; project: Project } {
  let count = Math.min(LOOP_COLUMNS, projection.length - first);
  for (;;) {
    const part = projection.slice(first, first + count);
    const builder = new CodeBuilder();
    const code = codeOver(builder, spec.inputTypes, part, context, 'r');
    emitProjection(code, part, spec, first);
    if (builder.statementCount > LOOP_STATEMENTS && count > 1) {
      count >>= 1;
      continue;
    }
    const text = `(I, O, S, count) => {
${builder.head}
for (let o = 0; o < count; o++) {
const r = S[o];
${builder.body}
}
}`;
    return { count, project: builder.build(context.heap, text) };
  }
}
