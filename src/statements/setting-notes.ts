/** What SET says about settings that mean something else here, or nothing. */
import { isForeignPath } from '../runtime/job-settings.ts';

const PATHS: readonly string[] = [
  'execution.checkpointing.dir',
  'execution.checkpointing.savepoint-dir',
  'state.checkpoints.dir',
  'state.savepoints.dir',
  'state.backend.fs.checkpointdir',
];
const BACKENDS: readonly string[] = ['state.backend.type', 'state.backend'];

/** A sentence for the user, or null when the setting does what it says. */
export function settingNote(key: string, value: string): string | null {
  if (BACKENDS.includes(key))
    return `State is kept in Millrace's own packed tables, whatever '${key}' says; checkpoints of it are incremental.`;
  if (PATHS.includes(key) && isForeignPath(value))
    return `'${key}' = '${value}' is a path of another file system, which is not reached from here: checkpoints go to the folder 'checkpoints' of the home. A file: path is used as it is.`;
  if (key === 'parallelism.default' && Number(value) > 1)
    return `Jobs run in one thread each for now: 'parallelism.default' = '${value}' has no effect.`;
  return null;
}
