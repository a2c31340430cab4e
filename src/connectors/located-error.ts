/** Where the content is that a format could not read. */
import { EngineError } from '../base/error.ts';

const WAY_ON = "the format's option ignore-parse-errors leaves such content out";

/** The error with the place behind the words of its last cause, which is what a user sees; others than a format's as they are. */
export function locatedError(error: unknown, place: string): unknown {
  if (!(error instanceof EngineError) || !error.code.startsWith('FORMAT_')) return error;
  const { code, exceptionClass, retryable, cause } = error;
  if (cause instanceof EngineError)
    return new EngineError(code, error.message, { exceptionClass, retryable, cause: locatedError(cause, place) });
  return new EngineError(code, `${error.message} (${place}; ${WAY_ON})`, { exceptionClass, retryable, cause });
}
