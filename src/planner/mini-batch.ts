/** Flink's settings of mini-batch aggregation, read and checked when a plan needs them. */
import { EngineError } from '../base/error.ts';
import type { Bundle } from '../dataflow/operator-spec.ts';
import { parseSetting } from './setting-value.ts';

type Config = (key: string) => string | undefined;

const PREFIX = 'table.exec.mini-batch';
const PHASES = {
  name: 'org.apache.flink.table.api.config.AggregatePhaseStrategy',
  words: ['AUTO', 'ONE_PHASE', 'TWO_PHASE'],
} as const;

export function isMiniBatchEnabled(config: Config): boolean {
  return parseSetting(config, `${PREFIX}.enabled`, 'false', 'boolean') === true;
}

/** ms, above 0. Throws Flink's text when none is set. */
export function miniBatchLatencyMs(config: Config): number {
  const latency = parseSetting(config, `${PREFIX}.allow-latency`, '0 ms', 'duration');
  if (latency > 0) return latency;
  throw illegal('MiniBatch Latency must be greater than 0 ms. [null]');
}

/** True when aggregations are divided into a local and a global one. */
export function isTwoPhase(config: Config): boolean {
  return parseSetting(config, 'table.optimizer.agg-phase-strategy', 'AUTO', PHASES) !== 'ONE_PHASE';
}

/** What an operator is told of its bundles; nothing without mini-batch. Throws Flink's text when a size is missing. */
export function bundled(config: Config, mode: 'streaming' | 'batch', twoPhase = false): { bundle?: Bundle } {
  if (mode === 'batch' || !isMiniBatchEnabled(config)) return {};
  const size = parseSetting(config, `${PREFIX}.size`, '-1', 'long');
  if (size <= 0) throw illegal(`Key: '${PREFIX}.size' , default: -1 (fallback keys: []) must be > 0.`);
  return { bundle: { size, latencyMs: miniBatchLatencyMs(config), isTwoPhase: twoPhase } };
}

function illegal(message: string): EngineError {
  return new EngineError('OPTION_INVALID', message, { exceptionClass: 'java.lang.IllegalArgumentException' });
}
