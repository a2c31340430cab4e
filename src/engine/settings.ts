/** The settings of a session, under Flink's keys: what SET changes and the reference page lists. Defaults that are Millrace's own say so. */
import type { OptionSpec } from '../base/option.ts';
import { tableSettings } from './table-settings.ts';

const SWITCH = { type: 'boolean', default: 'false' } as const;

const execution: readonly OptionSpec[] = [
  {
    key: 'execution.runtime-mode',
    type: 'enum',
    values: ['STREAMING', 'BATCH'],
    default: 'STREAMING',
    summary: 'Whether a query goes on with its input, or ends with the input that is there.',
  },
  {
    key: 'parallelism.default',
    type: 'int',
    default: '1',
    summary: 'Accepted with a notice: a job runs in one thread.',
  },
  {
    key: 'pipeline.name',
    type: 'string',
    example: { 'pipeline.name': 'orders to totals' },
    summary: 'The name of the next jobs; without it, made of the tables they write.',
  },
  {
    key: 'pipeline.auto-watermark-interval',
    type: 'duration',
    default: '200 ms',
    summary: 'How often watermarks are sent on.',
  },
  {
    key: 'execution.state-recovery.path',
    type: 'string',
    example: { 'execution.state-recovery.path': 'checkpoints/f00d/chk-7' },
    summary: 'The checkpoint or savepoint from which the next INSERT goes on.',
  },
  {
    ...SWITCH,
    key: 'execution.state-recovery.ignore-unclaimed-state',
    summary: 'Go on although some state of that checkpoint belongs to no operator.',
  },
  {
    key: 'taskmanager.memory.process.size',
    type: 'memory',
    example: { 'taskmanager.memory.process.size': '2 gb' },
    summary:
      "Memory that a job may need; one that needs more fails and keeps its checkpoints. Half of the machine's by itself, and 4 gb at most. RESUME JOB takes it from its session.",
  },
];

const CHECKPOINTING = 'execution.checkpointing';
const checkpointing: readonly OptionSpec[] = [
  {
    key: `${CHECKPOINTING}.interval`,
    type: 'duration',
    default: '1 s',
    summary: 'Time between checkpoints; 0 for none. In Flink they are off.',
  },
  {
    key: `${CHECKPOINTING}.min-pause`,
    type: 'duration',
    default: '0 ms',
    summary: 'Least time between the end of a checkpoint and the next.',
  },
  {
    key: `${CHECKPOINTING}.timeout`,
    type: 'duration',
    default: '10 min',
    summary: 'Time after which a checkpoint is given up.',
  },
  {
    key: `${CHECKPOINTING}.tolerable-failed-checkpoints`,
    type: 'int',
    default: '0',
    summary: 'Failed checkpoints in a row that a job outlives.',
  },
  {
    key: `${CHECKPOINTING}.num-retained`,
    type: 'int',
    default: '3',
    summary: 'Checkpoints of a job that are kept. In Flink one.',
  },
  {
    key: `${CHECKPOINTING}.externalized-checkpoint-retention`,
    type: 'enum',
    values: ['RETAIN_ON_CANCELLATION', 'DELETE_ON_CANCELLATION', 'NO_EXTERNALIZED_CHECKPOINTS'],
    default: 'RETAIN_ON_CANCELLATION',
    summary: "What becomes of a canceled job's checkpoints.",
  },
  {
    key: `${CHECKPOINTING}.dir`,
    type: 'string',
    example: { [`${CHECKPOINTING}.dir`]: 'file:///var/checkpoints' },
    summary: "Folder of checkpoints; without it `checkpoints` of the home. Also as 'state.checkpoints.dir'.",
  },
  {
    key: `${CHECKPOINTING}.savepoint-dir`,
    type: 'string',
    example: { [`${CHECKPOINTING}.savepoint-dir`]: 'file:///var/savepoints' },
    summary: "Folder of savepoints. Also as 'state.savepoints.dir'.",
  },
  {
    key: `${CHECKPOINTING}.create-subdir`,
    type: 'boolean',
    default: 'true',
    summary: "Whether a job's checkpoints get a folder of its id.",
  },
];

const restarts: readonly OptionSpec[] = [
  {
    key: 'restart-strategy.type',
    type: 'enum',
    values: ['none', 'fixed-delay', 'failure-rate', 'exponential-delay'],
    summary:
      'What follows a failure; without it exponential delay after failures that a retry can mend, and none after others.',
  },
  { key: 'restart-strategy.fixed-delay.attempts', type: 'int', default: '1', summary: 'Restarts in all.' },
  { key: 'restart-strategy.fixed-delay.delay', type: 'duration', default: '1 s', summary: 'Time before each.' },
  {
    key: 'restart-strategy.failure-rate.max-failures-per-interval',
    type: 'int',
    default: '1',
    summary: 'Failures in an interval that a job outlives.',
  },
  {
    key: 'restart-strategy.failure-rate.failure-rate-interval',
    type: 'duration',
    default: '1 min',
    summary: 'That interval.',
  },
  {
    key: 'restart-strategy.failure-rate.delay',
    type: 'duration',
    default: '1 s',
    summary: 'Time before each restart.',
  },
  {
    key: 'restart-strategy.exponential-delay.initial-backoff',
    type: 'duration',
    default: '1 s',
    summary: 'Time before the first restart.',
  },
  {
    key: 'restart-strategy.exponential-delay.max-backoff',
    type: 'duration',
    default: '1 min',
    summary: 'Longest time before a restart.',
  },
  {
    key: 'restart-strategy.exponential-delay.backoff-multiplier',
    type: 'double',
    default: '1.5',
    summary: 'By how much the time grows.',
  },
  {
    key: 'restart-strategy.exponential-delay.reset-backoff-threshold',
    type: 'duration',
    default: '1 h',
    summary: 'Time without a failure after which it begins anew.',
  },
  {
    key: 'restart-strategy.exponential-delay.jitter-factor',
    type: 'double',
    default: '0.1',
    summary: 'Random part of the time.',
  },
  {
    key: 'restart-strategy.exponential-delay.attempts-before-reset-backoff',
    type: 'int',
    example: { 'restart-strategy.exponential-delay.attempts-before-reset-backoff': '5' },
    summary: 'Restarts in all; without it as many as it takes.',
  },
];

const client: readonly OptionSpec[] = [
  {
    key: 'table.display.max-column-width',
    type: 'int',
    default: '30',
    summary: 'Characters of a value that the client shows.',
  },
  {
    key: 'sql-client.execution.result-mode',
    type: 'enum',
    values: ['TABLE', 'CHANGELOG', 'TABLEAU'],
    example: { 'sql-client.execution.result-mode': 'TABLEAU' },
    summary: 'How the client shows results.',
  },
  {
    key: 'sql-client.display.print-time-cost',
    type: 'boolean',
    default: 'true',
    summary: 'Whether the client says how long a statement took.',
  },
];

export const sessionSettings: readonly OptionSpec[] = [
  ...execution,
  ...checkpointing,
  ...restarts,
  ...tableSettings,
  ...client,
];

/** What statements and the planner see of a setting that nobody has set. */
export const defaultSettings: Readonly<Record<string, string>> = Object.fromEntries(
  sessionSettings.flatMap((spec) => (spec.default === undefined ? [] : [[spec.key, spec.default]])),
);
