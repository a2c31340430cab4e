/** FROM_CHANGELOG and TO_CHANGELOG: rows whose codes say what change they are, and changes as rows with their codes. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { ChangeCode, OperatorSpec } from '../dataflow/operator-spec.ts';
import { call, type Expression, inputReference, literal } from '../expressions/expression.ts';
import { compileScalar, type Scalar } from '../expressions/generate.ts';
import { runtimeError } from '../functions/call-error.ts';
import { BATCH_ROWS, Batch } from '../types/batch.ts';
import { Column } from '../types/column.ts';
import { inHashOrder } from '../types/java-hash-order.ts';
import { readValue } from '../types/lane-value.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { compileContext } from './expression-over.ts';
import { type CopyRow, compileCopy } from './row-copy.ts';

type ProcessTableFunctionSpec = Extract<OperatorSpec, { kind: 'ProcessTableFunction' }>;

const KINDS: Readonly<Record<ChangeCode['change'], number>> = {
  INSERT: RowKind.INSERT,
  UPDATE_BEFORE: RowKind.UPDATE_BEFORE,
  UPDATE_AFTER: RowKind.UPDATE_AFTER,
  DELETE: RowKind.DELETE,
};
const UNKNOWN = -1;

export function createProcessTableFunction(spec: ProcessTableFunctionSpec, context: OperatorContext): Operator {
  return spec.function === 'TO_CHANGELOG' ? new ToChangelog(spec, context) : new FromChangelog(spec, context);
}

class ToChangelog implements Operator {
  readonly #context: OperatorContext;
  readonly #copy: CopyRow;
  readonly #copyCode: CopyRow;
  /** One column; row `kind` holds the code of that kind, where `isNamed`. */
  readonly #codes: Batch;
  readonly #isNamed = new Uint8Array(KINDS.DELETE + 1);

  constructor(spec: ProcessTableFunctionSpec, context: OperatorContext) {
    const { heap, outputTypes } = context;
    const codeType = types.string(false);
    this.#context = context;
    this.#copy = compileCopy(heap, context.inputTypes[0] ?? [], spec.passed, outputTypes, 1);
    this.#copyCode = compileCopy(heap, [codeType], [0], outputTypes);
    this.#codes = new Batch([codeType]);
    for (const { change, code } of spec.codes) {
      const kind = KINDS[change];
      const write = compileScalar(literal(code, codeType), [], compileContext(context));
      write(new Batch([]), kind, kind + 1, this.#codes.columns[0] as Column);
      this.#isNamed[kind] = 1;
    }
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) {
          const kind = batch.insertOnly ? RowKind.INSERT : (batch.kinds[row] as number);
          if (this.#isNamed[kind] === 0) continue;
          this.#copyCode(this.#codes, kind, output.batch, output.batch.rowCount);
          this.#copy(batch, row, output.batch, output.batch.rowCount);
          output.advance(RowKind.INSERT);
        }
      },
      (watermark) => output.mark(watermark),
    );
    output.flush();
  }
}

class FromChangelog implements Operator {
  readonly #spec: ProcessTableFunctionSpec;
  readonly #context: OperatorContext;
  readonly #copy: CopyRow;
  readonly #readKinds: Scalar;
  readonly #kinds = new Column(types.int(), BATCH_ROWS);

  constructor(spec: ProcessTableFunctionSpec, context: OperatorContext) {
    const input = context.inputTypes[0] ?? [];
    this.#spec = spec;
    this.#context = context;
    this.#copy = compileCopy(context.heap, input, spec.passed, context.outputTypes);
    this.#readKinds = compileScalar(kindOf(spec, input), input, compileContext(context));
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    this.#readKinds(batch, 0, batch.rowCount, this.#kinds);
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) {
          const kind = this.#kinds.lane0[row] as number;
          if (kind === UNKNOWN) throw this.#unknownCode(batch, row);
          this.#copy(batch, row, output.batch, output.batch.rowCount);
          output.advance(kind);
        }
      },
      (watermark) => output.mark(watermark),
    );
    output.flush();
  }

  #unknownCode(batch: Batch, row: number): Error {
    const column = this.#spec.opColumn as number;
    const type = batch.types[column] as LogicalType;
    const code = readValue(type, batch.columns[column] as Column, row, this.#context.heap);
    const known = inHashOrder(
      types.string(),
      this.#spec.codes.map((entry) => [entry.code, null]),
    );
    return runtimeError(
      code === null
        ? 'Received NULL op code. Every changelog row must carry an operation code.'
        : `Received invalid op code '${code}'. Defined op codes are: [${known.map(([text]) => text).join(', ')}].`,
      'org.apache.flink.table.api.TableRuntimeException',
    );
  }
}

/** `CASE WHEN op = code THEN kind … ELSE -1 END`. */
function kindOf(spec: ProcessTableFunctionSpec, input: readonly LogicalType[]): Expression {
  const column = spec.opColumn as number;
  const op = inputReference(column, input[column] as LogicalType);
  const number = (value: number) => literal(value, types.int(false));
  const branches = spec.codes.flatMap(({ change, code }) => [
    call('=', [op, literal(code, types.string(false))], types.boolean(op.type.nullable)),
    number(KINDS[change]),
  ]);
  return call('CASE', [...branches, number(UNKNOWN)], types.int(false));
}
