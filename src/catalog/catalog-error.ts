/** Flink's errors about catalogs and what they hold. */
import { EngineError } from '../base/error.ts';

const PACKAGE = 'org.apache.flink.table.catalog.exceptions';

function failure(code: `CATALOG_${string}`, name: string, message: string, cause?: unknown): EngineError {
  const details = { exceptionClass: `${PACKAGE}.${name}` };
  return new EngineError(code, message, cause === undefined ? details : { ...details, cause });
}

export function catalogError(message: string, cause?: unknown): EngineError {
  return failure('CATALOG_ERROR', 'CatalogException', message, cause);
}

export function databaseNotFound(database: string, catalog: string): EngineError {
  const message = `Database ${database} does not exist in Catalog ${catalog}.`;
  return failure('CATALOG_DATABASE_NOT_FOUND', 'DatabaseNotExistException', message);
}

export function databaseExists(database: string, catalog: string): EngineError {
  const message = `Database ${database} already exists in Catalog ${catalog}.`;
  return failure('CATALOG_DATABASE_EXISTS', 'DatabaseAlreadyExistException', message);
}

export function databaseNotEmpty(database: string, catalog: string): EngineError {
  const message = `Database ${database} in catalog ${catalog} is not empty.`;
  return failure('CATALOG_DATABASE_NOT_EMPTY', 'DatabaseNotEmptyException', message);
}

export function objectNotFound(database: string, name: string, catalog: string): EngineError {
  const message = `Table (or view) ${database}.${name} does not exist in Catalog ${catalog}.`;
  return failure('CATALOG_TABLE_NOT_FOUND', 'TableNotExistException', message);
}

export function objectExists(database: string, name: string, catalog: string): EngineError {
  const message = `Table (or view) ${database}.${name} already exists in Catalog ${catalog}.`;
  return failure('CATALOG_TABLE_EXISTS', 'TableAlreadyExistException', message);
}

export function functionNotFound(database: string, name: string, catalog: string): EngineError {
  const message = `Function ${database}.${name} does not exist in Catalog ${catalog}.`;
  return failure('CATALOG_FUNCTION_NOT_FOUND', 'FunctionNotExistException', message);
}

export function functionExists(database: string, name: string, catalog: string): EngineError {
  const message = `Function ${database}.${name} already exists in Catalog ${catalog}.`;
  return failure('CATALOG_FUNCTION_EXISTS', 'FunctionAlreadyExistException', message);
}

/** The frame that Flink puts around an error of a statement: `Could not execute …`. */
export function executionError(message: string, cause: unknown, isTableException = false): EngineError {
  return new EngineError('CATALOG_STATEMENT_FAILED', message, {
    exceptionClass: `org.apache.flink.table.api.${isTableException ? 'TableException' : 'ValidationException'}`,
    cause,
  });
}
