/** Settings whose values Flink reads when they are set: all that its execution environment is made from. The others are read when they are used. */
import { parseDuration } from '../base/duration.ts';
import { EngineError } from '../base/error.ts';
import { isBoolean, notBoolean, notNumber, notOneOf, optionError, unparsable } from '../base/option-value.ts';

type SettingType = 'int' | 'duration' | 'boolean' | { readonly javaEnum: string; readonly values: readonly string[] };

const CHECKPOINTING = 'execution.checkpointing';
const TYPES: Readonly<Record<string, SettingType>> = {
  'parallelism.default': 'int',
  'pipeline.max-parallelism': 'int',
  'pipeline.generic-types': 'boolean',
  'pipeline.object-reuse': 'boolean',
  'pipeline.auto-watermark-interval': 'duration',
  'execution.runtime-mode': {
    javaEnum: 'org.apache.flink.api.common.RuntimeExecutionMode',
    values: ['STREAMING', 'BATCH', 'AUTOMATIC'],
  },
  [`${CHECKPOINTING}.interval`]: 'duration',
  [`${CHECKPOINTING}.min-pause`]: 'duration',
  [`${CHECKPOINTING}.timeout`]: 'duration',
  [`${CHECKPOINTING}.max-concurrent-checkpoints`]: 'int',
  [`${CHECKPOINTING}.tolerable-failed-checkpoints`]: 'int',
  [`${CHECKPOINTING}.unaligned.enabled`]: 'boolean',
  [`${CHECKPOINTING}.mode`]: {
    javaEnum: 'org.apache.flink.core.execution.CheckpointingMode',
    values: ['EXACTLY_ONCE', 'AT_LEAST_ONCE'],
  },
  [`${CHECKPOINTING}.externalized-checkpoint-retention`]: {
    javaEnum: 'org.apache.flink.configuration.ExternalizedCheckpointRetention',
    values: ['DELETE_ON_CANCELLATION', 'RETAIN_ON_CANCELLATION', 'NO_EXTERNALIZED_CHECKPOINTS'],
  },
};
const CHECKPOINT_MS_MIN = 10;
const INT_MAX = 2 ** 31 - 1;

/** Throws Flink's chain of errors for a value that the key does not take. */
export function checkSetting(key: string, value: string): void {
  try {
    checkType(key, value);
    checkRange(key, value);
  } catch (cause) {
    throw new EngineError('OPTION_INVALID', `Failed to set key ${key} with value ${value}.`, {
      exceptionClass: 'org.apache.flink.table.gateway.service.utils.SqlExecutionException',
      cause,
    });
  }
}

function checkType(key: string, value: string): void {
  const type = TYPES[key];
  if (type === undefined) return;
  if (type === 'duration') parseDuration(value, key);
  else if (type === 'int') {
    const isInt = /^[+-]?\d+$/.test(value) && Math.abs(Number(value)) <= INT_MAX;
    if (!isInt) throw unparsable(value, key, notNumber(value));
  } else if (type === 'boolean') {
    if (!isBoolean(value)) throw unparsable(value, key, notBoolean(value));
  } else if (!type.values.includes(value.toUpperCase()))
    throw unparsable(value, key, notOneOf(type.javaEnum, type.values));
}

function checkRange(key: string, value: string): void {
  const isBelow = (least: number): boolean => Number(value) < least;
  if (key === 'parallelism.default' && isBelow(1) && Number(value) !== -1)
    throw optionError('Parallelism must be at least one, or ExecutionConfig.PARALLELISM_DEFAULT (use system default).');
  if (key === 'pipeline.max-parallelism' && isBelow(1) && Number(value) !== -1)
    throw optionError('The maximum parallelism must be greater than 0.');
  if (key === `${CHECKPOINTING}.tolerable-failed-checkpoints` && isBelow(0))
    throw optionError('The tolerable failure checkpoint number must be non-negative.');
  if (key === `${CHECKPOINTING}.max-concurrent-checkpoints` && isBelow(1))
    throw optionError('The maximum number of concurrent attempts must be at least one.');
  if (key === `${CHECKPOINTING}.timeout` && parseDuration(value) < CHECKPOINT_MS_MIN)
    throw optionError(`Checkpoint timeout must be larger than or equal to ${CHECKPOINT_MS_MIN} ms`);
  // Here checkpoints are on by default: 0 switches them off.
  const interval = key === `${CHECKPOINTING}.interval` ? parseDuration(value) : 0;
  if (interval !== 0 && interval < CHECKPOINT_MS_MIN)
    throw optionError(`Checkpoint interval must be larger than or equal to ${CHECKPOINT_MS_MIN} ms`);
}
