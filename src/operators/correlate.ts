/** UNNEST: each row with each element of a collection of it. LEFT keeps rows without an element, padded with nulls. */
import { assert } from '../base/error.ts';
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Expression } from '../expressions/expression.ts';
import { compileScalar, type Scalar } from '../expressions/generate.ts';
import { BATCH_ROWS, type Batch } from '../types/batch.ts';
import { Column } from '../types/column.ts';
import { inHashOrder } from '../types/java-hash-order.ts';
import { readValue, writeValue } from '../types/lane-value.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { MapValue, Value } from '../types/value.ts';
import { compileContext, compileRowTest, type RowTest } from './expression-over.ts';
import { allColumns, type CopyRow, compileCopy, compilePad, type PadRow } from './row-copy.ts';

type CorrelateSpec = Extract<OperatorSpec, { kind: 'Correlate' }>;
/** Rows of a collection. */
type Elements = (collection: Value) => ReadonlyArray<readonly Value[]>;

export function createCorrelate(spec: CorrelateSpec, context: OperatorContext): Operator {
  assert(spec.function.startsWith('UNNEST'), `no table function ${spec.function}`);
  return new Correlate(spec, context);
}

class Correlate implements Operator {
  readonly #spec: CorrelateSpec;
  readonly #context: OperatorContext;
  readonly #copy: CopyRow;
  readonly #pad: PadRow;
  readonly #compute: Scalar;
  readonly #collection: Column;
  readonly #collectionType: LogicalType;
  readonly #elements: Elements;
  readonly #width: number;
  readonly #condition: RowTest | null;

  constructor(spec: CorrelateSpec, context: OperatorContext) {
    const { heap, outputTypes } = context;
    const input = context.inputTypes[0] ?? [];
    const [argument] = spec.args as [Expression];
    this.#spec = spec;
    this.#context = context;
    this.#width = input.length;
    this.#copy = compileCopy(heap, input, allColumns(input), outputTypes);
    this.#pad = compilePad(heap, outputTypes, input.length, spec.outputTypes.length);
    this.#compute = compileScalar(argument, input, compileContext(context));
    this.#collectionType = argument.type;
    this.#collection = new Column(argument.type, BATCH_ROWS);
    this.#elements = elementsOf(argument.type, spec.function === 'UNNEST_WITH_ORDINALITY');
    this.#condition = spec.condition ? compileRowTest(spec.condition, outputTypes, context) : null;
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    this.#compute(batch, 0, batch.rowCount, this.#collection);
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++)
          this.#process(batch, row, batch.insertOnly ? 0 : (batch.kinds[row] as number));
      },
      (watermark) => output.mark(watermark),
    );
    output.flush();
  }

  #process(batch: Batch, row: number, kind: number): void {
    const { heap, output } = this.#context;
    const collection = readValue(this.#collectionType, this.#collection, row, heap);
    let isMatched = false;
    if (collection !== null)
      for (const element of this.#elements(collection)) {
        this.#copy(batch, row, output.batch, output.batch.rowCount);
        element.forEach((value, i) => {
          this.#write(i, value);
        });
        if (this.#condition && !this.#condition(output.batch, output.batch.rowCount)) continue;
        output.advance(kind);
        isMatched = true;
      }
    if (isMatched || this.#spec.joinType === 'INNER') return;
    this.#copy(batch, row, output.batch, output.batch.rowCount);
    this.#pad(output.batch, output.batch.rowCount);
    output.advance(kind);
  }

  #write(i: number, value: Value): void {
    const { heap, output, outputTypes } = this.#context;
    const at = this.#width + i;
    writeValue(outputTypes[at] as LogicalType, output.batch.columns[at] as Column, output.batch.rowCount, value, heap);
  }
}

function elementsOf(type: LogicalType, withOrdinality: boolean): Elements {
  const rows = rowsOf(type);
  if (!withOrdinality) return rows;
  return (collection) => rows(collection).map((row, i) => [...row, i + 1]);
}

function rowsOf(type: LogicalType): Elements {
  if (type.kind === 'MAP') return (collection) => (collection as MapValue).entries;
  assert(type.kind === 'ARRAY' || type.kind === 'MULTISET', `UNNEST of ${type.kind}`);
  const { element } = type;
  const spread = (value: Value): readonly Value[] => {
    if (element.kind !== 'ROW') return [value];
    return value === null ? element.fields.map(() => null) : (value as readonly Value[]);
  };
  if (type.kind === 'ARRAY') return (collection) => (collection as readonly Value[]).map(spread);
  return (collection) =>
    inHashOrder(element, (collection as MapValue).entries).flatMap(([value, count]) =>
      Array.from({ length: count as number }, () => spread(value)),
    );
}
