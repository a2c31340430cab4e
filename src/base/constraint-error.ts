/** What a job fails with where a value breaks its column's type. */
import { EngineError } from './error.ts';

const NULL_HINT =
  "You can set job configuration 'table.exec.sink.not-null-enforcer'='DROP' to suppress this exception and drop such records silently.";

export function nullInNotNull(column: string): EngineError {
  return constraintError(
    `Column '${column}' is NOT NULL, however, a null value is being written into it. ${NULL_HINT}`,
  );
}

export function constraintError(message: string): EngineError {
  return new EngineError('JOB_CONSTRAINT', message, {
    exceptionClass: 'org.apache.flink.table.runtime.operators.sink.constraint.EnforcerException',
  });
}
