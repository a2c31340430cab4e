/** Gives each row its windows: window_start, window_end and window_time behind its columns, one row a window. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import { allColumns, type CopyRow, compileCopy } from './row-copy.ts';
import { SessionRowsOperator } from './session-operator.ts';
import { WindowCutter } from './window-cutter.ts';
import { WindowOutput, type WindowProperty } from './window-output.ts';

type WindowTableFunctionSpec = Extract<OperatorSpec, { kind: 'WindowTableFunction' }>;

export function createWindowTableFunction(spec: WindowTableFunctionSpec, context: OperatorContext): Operator {
  return spec.window.type === 'SESSION' ? new SessionFunction(spec, context) : new WindowFunction(spec, context);
}

function propertiesOf(spec: WindowTableFunctionSpec): WindowProperty[] {
  return ['start', 'end', spec.window.timeColumn === null ? 'proctime' : 'rowtime'];
}

class WindowFunction implements Operator {
  readonly #spec: WindowTableFunctionSpec;
  readonly #context: OperatorContext;
  readonly #cutter: WindowCutter;
  readonly #copy: CopyRow;
  readonly #properties: WindowOutput;

  constructor(spec: WindowTableFunctionSpec, context: OperatorContext) {
    const input = context.inputTypes[0] ?? [];
    this.#spec = spec;
    this.#context = context;
    this.#cutter = new WindowCutter(spec.window);
    this.#copy = compileCopy(context.heap, input, allColumns(input), context.outputTypes);
    this.#properties = new WindowOutput(context, this.#cutter, input.length, propertiesOf(spec));
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) this.#process(batch, row);
      },
      (watermark) => output.mark(watermark),
    );
    output.flush();
  }

  #process(batch: Batch, row: number): void {
    const { timeColumn } = this.#spec.window;
    const column = timeColumn === null ? null : batch.columns[timeColumn];
    if (column?.nulls?.[row] === 1) {
      this.#context.count('numNullRowTimeRecordsDropped', 1);
      return;
    }
    this.#cutter.assign(this.#cutter.localOf(column ? (column.lane0[row] as number) : this.#context.now()));
    const { ends, count } = this.#cutter;
    const { output } = this.#context;
    for (let i = 0; i < count; i++) {
      const end = ends[i] as number;
      this.#copy(batch, row, output.batch, output.batch.rowCount);
      this.#properties.write(this.#cutter.startOfEnd(end), end);
      output.advance(batch.insertOnly ? 0 : (batch.kinds[row] as number));
    }
  }
}

class SessionFunction extends SessionRowsOperator {
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #properties: WindowOutput;

  constructor(spec: WindowTableFunctionSpec, context: OperatorContext) {
    super(spec.partition ?? [], spec.window, context);
    this.#read = this.sessions.rows.compileRead(context.outputTypes, 0, this.sessions.width);
    this.#properties = new WindowOutput(context, this.cutter, this.sessions.width, propertiesOf(spec));
  }

  protected give(start: number, end: number, rows: readonly number[]): void {
    const { output } = this.context;
    for (const address of rows) {
      this.#read(address, output.batch, output.batch.rowCount);
      this.#properties.write(start, end);
      output.advance(this.sessions.kind(address));
    }
  }
}
