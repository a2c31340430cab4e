/** What follows a failure: another attempt after a delay, or none. Flink's four strategies under Flink's keys. */
import type { Clock } from '../base/clock.ts';
import { parseDuration } from '../base/duration.ts';
import { EngineError } from '../base/error.ts';
import { unparsable } from '../base/option-value.ts';

export interface RestartStrategy {
  /** Milliseconds until the next attempt, or null: the job has failed for good. */
  next(error: unknown): number | null;
  /** Flink's name, for the text of a failure. */
  readonly name: string;
}

type Settings = Readonly<Record<string, string>>;
const PREFIX = 'restart-strategy';

/** Codes of failures that no restart answers: a newer run owns the sinks, or they cannot be trusted. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  'JOB_FENCED',
  'JOB_MEMORY_LIMIT',
  'CHECKPOINT_SINK_AHEAD',
  'CHECKPOINT_SINK_GAP',
  'CHECKPOINT_MARKER_MISSING',
  'CHECKPOINT_DAMAGED',
  'CHECKPOINT_MISMATCH',
]);

function isFinalFailure(error: unknown): boolean {
  return error instanceof EngineError && FINAL_CODES.has(error.code);
}

/**
 * The strategy of a job. Without `restart-strategy.type` only retryable errors are answered, by exponential delay: a value that cannot be
 * cast will not be castable in a minute.
 */
export function restartStrategy(settings: Settings, clock: Clock): RestartStrategy {
  const type = (settings[`${PREFIX}.type`] ?? settings[PREFIX])?.trim().toLowerCase();
  switch (type) {
    case undefined:
      return exponentialDelay(settings, clock, true);
    case 'none':
    case 'off':
    case 'disable':
      return noRestart;
    case 'fixed-delay':
    case 'fixeddelay':
      return fixedDelay(settings);
    case 'failure-rate':
    case 'failurerate':
      return failureRate(settings, clock);
    case 'exponential-delay':
    case 'exponentialdelay':
      return exponentialDelay(settings, clock, false);
    default:
      throw new EngineError('OPTION_INVALID', `Unknown restart strategy ${type}.`, {
        exceptionClass: 'java.lang.IllegalArgumentException',
      });
  }
}

export const noRestart: RestartStrategy = { name: 'NoRestartBackoffTimeStrategy', next: () => null };

function fixedDelay(settings: Settings): RestartStrategy {
  const attempts = numberOf(settings, 'fixed-delay.attempts', 1);
  const delay = durationOf(settings, 'fixed-delay.delay', '1 s');
  let used = 0;
  return {
    name: `FixedDelayRestartBackoffTimeStrategy(maxNumberRestartAttempts=${attempts}, backoffTimeMS=${delay})`,
    next: (error) => (isFinalFailure(error) || used++ >= attempts ? null : delay),
  };
}

function failureRate(settings: Settings, clock: Clock): RestartStrategy {
  const most = numberOf(settings, 'failure-rate.max-failures-per-interval', 1);
  const interval = durationOf(settings, 'failure-rate.failure-rate-interval', '1 min');
  const delay = durationOf(settings, 'failure-rate.delay', '1 s');
  const times: number[] = [];
  return {
    name: `FailureRateRestartBackoffTimeStrategy(FailureRateRestartBackoffTimeStrategy(failuresIntervalMS=${interval},backoffTimeMS=${delay},maxFailuresPerInterval=${most})`,
    next(error) {
      const now = clock.now();
      while (times.length > 0 && now - (times[0] as number) > interval) times.shift();
      times.push(now);
      return isFinalFailure(error) || times.length > most ? null : delay;
    },
  };
}

function exponentialDelay(settings: Settings, clock: Clock, onlyRetryable: boolean): RestartStrategy {
  const initial = durationOf(settings, 'exponential-delay.initial-backoff', '1 s');
  const highest = durationOf(settings, 'exponential-delay.max-backoff', '1 min');
  const factor = numberOf(settings, 'exponential-delay.backoff-multiplier', 1.5);
  const resetAfter = durationOf(settings, 'exponential-delay.reset-backoff-threshold', '1 h');
  const jitter = numberOf(settings, 'exponential-delay.jitter-factor', 0.1);
  const attempts = numberOf(settings, 'exponential-delay.attempts-before-reset-backoff', Number.POSITIVE_INFINITY);
  let delay = initial;
  let last = Number.NEGATIVE_INFINITY;
  let used = 0;
  return {
    name: onlyRetryable ? noRestart.name : 'ExponentialDelayRestartBackoffTimeStrategy',
    next(error) {
      if (isFinalFailure(error) || (onlyRetryable && !(error instanceof EngineError && error.retryable))) return null;
      const now = clock.now();
      if (now - last > resetAfter) {
        delay = initial;
        used = 0;
      }
      last = now;
      if (used++ >= attempts) return null;
      const result = delay * (1 + (Math.random() * 2 - 1) * jitter);
      delay = Math.min(delay * factor, highest);
      return result;
    },
  };
}

function durationOf(settings: Settings, key: string, fallback: string): number {
  return parseDuration(settings[`${PREFIX}.${key}`] ?? fallback, `${PREFIX}.${key}`);
}

function numberOf(settings: Settings, key: string, fallback: number): number {
  const text = settings[`${PREFIX}.${key}`];
  if (text === undefined) return fallback;
  if (text.trim().toLowerCase() === 'infinite') return Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (!Number.isFinite(value)) throw unparsable(text, `${PREFIX}.${key}`);
  return value;
}
