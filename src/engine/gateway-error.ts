/** Errors in the words of Flink's SQL gateway: what wraps an error of a statement on its way to a client. */
import { EngineError } from '../base/error.ts';

const GATEWAY_EXCEPTION = 'org.apache.flink.table.gateway.api.utils.SqlGatewayException';
const EXECUTION_EXCEPTION = 'org.apache.flink.table.gateway.service.utils.SqlExecutionException';

export function gatewayError(message: string, cause?: unknown): EngineError {
  return new EngineError('GATEWAY_REQUEST', message, { exceptionClass: GATEWAY_EXCEPTION, cause });
}

export function executionError(message: string, cause?: unknown): EngineError {
  return new EngineError('GATEWAY_EXECUTION', message, { exceptionClass: EXECUTION_EXCEPTION, cause });
}

function javaError(exceptionClass: string, message: string, cause: unknown): EngineError {
  return new EngineError('JOB_FAILED', message, { exceptionClass, cause });
}

function jobExecutionFailed(cause: unknown): EngineError {
  const name = 'org.apache.flink.runtime.client.JobExecutionException';
  return javaError(
    'java.util.concurrent.ExecutionException',
    `${name}: Job execution failed.`,
    javaError(name, 'Job execution failed.', cause),
  );
}

/** A query's job failed while its rows were fetched. */
export function fetchFailed(cause: unknown): EngineError {
  return executionError(
    'Error while retrieving result.',
    javaError(
      'java.lang.RuntimeException',
      'Failed to fetch next result',
      javaError('java.io.IOException', 'Failed to fetch job execution result', jobExecutionFailed(cause)),
    ),
  );
}

/** With `table.dml-sync` the statement itself fails with its job. */
export function waitFailed(cause: unknown): EngineError {
  return javaError('org.apache.flink.table.api.TableException', 'Failed to wait job finish', jobExecutionFailed(cause));
}
