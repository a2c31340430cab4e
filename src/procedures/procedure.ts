/** What CALL can run. A file of this shelf holds one procedure of the catalog function namespace `sys`. */
import type { Clock } from '../base/clock.ts';
import type { JobService } from '../runtime/job-service.ts';
import type { Field } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

interface ProcedureArgument {
  readonly name: string;
  readonly type: 'INT' | 'STRING';
  /** Absent: the argument must be given. */
  readonly default?: number | string;
}

export interface Procedure {
  /** Without `sys.`. */
  readonly name: string;
  /** One sentence for SHOW PROCEDURES' reference page. */
  readonly summary: string;
  readonly args: readonly ProcedureArgument[];
  /** Arguments are complete and of their types. Throws an EngineError to fail the CALL. */
  call(args: Readonly<Record<string, number | string>>, context: ProcedureContext): Promise<ProcedureResult>;
}

interface ProcedureResult {
  readonly columns: readonly Field[];
  readonly rows: ReadonlyArray<readonly Value[]>;
}

export interface ProcedureContext {
  readonly home: string;
  readonly jobs: JobService;
  readonly clock: Clock;
  /** Runs a SELECT in batch mode and gives its rows. */
  query(sql: string): Promise<ReadonlyArray<readonly Value[]>>;
  /** A progress line for the user. */
  progress(text: string): void;
}

export function defineProcedure(procedure: Procedure): Procedure {
  return procedure;
}
