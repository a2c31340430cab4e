/** The inner join without a further condition as one generated loop a side: the hot path of regular joins. */
import type { OperatorContext } from '../dataflow/operator.ts';
import { TOUCH_FROM } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { generatedFunction, hoistColumns } from './generated-function.ts';
import type { JoinSpec } from './join.ts';
import type { JoinSide } from './join-side.ts';
import { assignBatch, batchOperand } from './lane-code.ts';

/** Joins rows [start, end) of a batch; `view` is the batch with the side's own columns. */
export type InnerLoop = (batch: Batch, view: Batch, start: number, end: number) => void;

export function compileInnerLoop(
  spec: JoinSpec,
  context: OperatorContext,
  sides: readonly [JoinSide, JoinSide],
): readonly [InnerLoop, InnerLoop] {
  return [compileSide(0, spec, context, sides), compileSide(1, spec, context, sides)];
}

function compileSide(
  input: 0 | 1,
  spec: JoinSpec,
  context: OperatorContext,
  sides: readonly [JoinSide, JoinSide],
): InnerLoop {
  const me = sides[input];
  const other = sides[1 - input] as JoinSide;
  const types = context.inputTypes[input] ?? [];
  const leftWidth = (context.inputTypes[0] ?? []).length;
  const { outputTypes } = context;
  const copies = types.map((type, column) => {
    const at = (input === 0 ? 0 : leftWidth) + column;
    return assignBatch('O', at, outputTypes[at] as LogicalType, 'o', batchOperand('V', column, type, 'r'));
  });
  const reads = other.rows.readText(outputTypes, input === 0 ? leftWidth : 0, other.width, 'O', 'o');
  const keys = (input === 0 ? spec.left : spec.right).keys;
  const nulls = keys
    .filter((column, i) => spec.filterNulls[i] !== false && types[column]?.nullable)
    .map((column) => `V.columns[${column}].nulls[r]`);
  const { next } = other.rows.table.layout;
  const loop = hoistColumns(['V', 'O'], `${copies.join('\n')}\n${reads}`);
  const text = `
${loop.head}
const insertOnly = B.insertOnly, kinds = B.kinds;
me.prepare(V, start, end);
if (T.size > ${TOUCH_FROM}) T.touchChains(V, K, start, end);
for (let r = start; r < end; r++) {
  ${nulls.length > 0 ? `if (${nulls.join(' || ')}) continue;` : ''}
  const kind = insertOnly ? 0 : kinds[r];
  if ((kind & 1) === 0) me.add(V, r, 0); else me.retract(V, r);
  for (let a = T.chain(V, K, r); a !== 0; a = H.u32[(a + ${next}) >>> 2]) {
    for (let n = ${other.countText('a')}; n > 0; n--) {
      const o = O.rowCount;
      ${loop.text}
      W.advance(kind);
    }
  }
}`;
  const constants = { me, T: other.rows.table, K: me.joinKeys, W: context.output, O: context.output.batch };
  return generatedFunction<InnerLoop>(context.heap, 'B, V, start, end', text, constants);
}
