/** `table.exec.emit.*`: results of the older group windows before and behind their ends. */
import { tableError } from '../base/error.ts';
import type { EmitStrategy } from '../dataflow/operator-spec.ts';
import { noPlanError } from './bind-error.ts';
import { durationMs } from './duration-text.ts';
import type { PlanOf } from './logical-plan.ts';
import { parseSetting } from './setting-value.ts';

const PREFIX = 'table.exec.emit';

interface EmitContext {
  readonly mode: 'streaming' | 'batch';
  config(key: string): string | undefined;
}

/** null: each window gives one result. Throws Flink's refusals. */
export function emitStrategyOf(plan: PlanOf<'GroupWindowAggregate'>, context: EmitContext): EmitStrategy | null {
  if (context.mode === 'batch') return null;
  const isOn = (phase: string) => parseSetting(context.config, `${PREFIX}.${phase}-fire.enabled`, 'false', 'boolean');
  const isEarly = isOn('early');
  const isLate = isOn('late');
  if (!isEarly && !isLate) return null;
  if (plan.fromTableFunction === true)
    throw tableError(
      `Currently, window table function based aggregate doesn't support early-fire and late-fire configuration '${PREFIX}.early-fire.enabled' and '${PREFIX}.late-fire.enabled'.`,
    );
  if (plan.window.type === 'SESSION') throw noPlanError("Session window doesn't support EMIT strategy currently.");
  const latenessMs = isLate ? latenessOf(context) : 0;
  const earlyMs = isEarly ? delayOf('early', context) : null;
  const lateMs = isLate ? delayOf('late', context) : null;
  if (isLate && plan.window.timeColumn !== null && latenessMs === 0)
    throw noPlanError(
      "The 'AFTER WATERMARK' emit strategy requires set 'allow-lateness' or 'minIdleStateRetentionTime' in table config.",
    );
  return { earlyMs, lateMs, latenessMs };
}

function delayOf(phase: 'early' | 'late', context: EmitContext): number {
  const key = `${PREFIX}.${phase}-fire.delay`;
  const text = context.config(key);
  if (text !== undefined) return durationMs(text, key);
  const name = phase === 'early' ? 'Early' : 'Late';
  throw noPlanError(`${name}-fire delay should not be null or negative value whenenable ${phase}-fire emit strategy.`);
}

/** The TTL of state where the lateness is not given. */
function latenessOf(context: EmitContext): number {
  const key = `${PREFIX}.allow-lateness`;
  const text = context.config(key);
  return text === undefined
    ? durationMs(context.config('table.exec.state.ttl'), 'table.exec.state.ttl')
    : durationMs(text, key);
}
