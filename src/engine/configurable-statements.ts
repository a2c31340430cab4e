/** Which statements `configure-session` takes, and Flink's refusal of the others. */
import { EngineError } from '../base/error.ts';
import type { Statement, StatementNode } from '../statements/statement.ts';

const KINDS =
  'SET, RESET, CREATE TABLE, CREATE VIEW, CREATE DATABASE, CREATE FUNCTION, CREATE TEMPORARY SYSTEM FUNCTION, CREATE CATALOG, CREATE MODEL, CREATE MATERIALIZED TABLE, DROP TABLE, DROP VIEW, DROP DATABASE, DROP FUNCTION, DROP TEMPORARY SYSTEM FUNCTION, DROP CATALOG, DROP MODEL, DROP MATERIALIZED TABLE, ALTER TABLE, ALTER VIEW, ALTER DATABASE, ALTER FUNCTION, ALTER CATALOG SET, ALTER CATALOG RESET, ALTER CATALOG COMMENT, ALTER MODEL, ALTER MODEL, ALTER MATERIALIZED TABLE, USE CATALOG, USE [CATALOG.]DATABASE, USE MODULES, LOAD MODULE, UNLOAD MODULE, ADD JAR';

const FIRST_WORDS: ReadonlySet<string> = new Set(['SET', 'RESET', 'CREATE', 'DROP', 'ALTER', 'USE', 'LOAD', 'UNLOAD']);

/** Throws for statements that do not configure. */
export function checkConfigurable(statement: Statement, _node: StatementNode, text: string): void {
  const heads = statement.heads.map((head) => head[0] ?? '');
  if (heads.some((word) => FIRST_WORDS.has(word)) || statement.heads.some((head) => head.join(' ') === 'ADD JAR'))
    return;
  throw new EngineError(
    'GATEWAY_UNSUPPORTED',
    `Unsupported statement for configuring session: ${text}\nThe configureSession API only supports executing statements of type ${KINDS}.`,
    { exceptionClass: 'java.lang.UnsupportedOperationException' },
  );
}
