/** SQL files as lists of statements: values filled in, statements cut, SOURCE followed. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EngineError, messageOf } from '../base/error.ts';
import { splitStatements } from '../parser/split.ts';
import { clientCommand } from './client-command.ts';
import { fillVariables, parseProperties, type VariableSources } from './variables.ts';

/** A statement with where it stands, for messages: `dim.sql:12`. */
export interface PlacedStatement {
  readonly text: string;
  readonly file: string;
  /** Of the statement's first word, from 1. */
  readonly line: number;
}

const SOURCE_DEPTH_MAX = 16;

/** The statements of a text, those of its SOURCE files in their places. `folder` resolves relative names. */
export async function readStatements(
  text: string,
  file: string,
  folder: string,
  sources: VariableSources,
  depth = 0,
): Promise<PlacedStatement[]> {
  if (depth > SOURCE_DEPTH_MAX) throw new EngineError('OPTION_FILE', `SOURCE is nested too deeply at ${file}.`);
  const statements: PlacedStatement[] = [];
  for (const statement of splitStatements(fillVariables(text, sources))) {
    const command = clientCommand(statement.text);
    if (command?.kind === 'source') {
      const path = resolve(folder, command.file);
      statements.push(
        ...(await readStatements(await readSqlFile(path), command.file, dirname(path), sources, depth + 1)),
      );
    } else statements.push({ text: statement.text, file, line: statement.line });
  }
  return statements;
}

/** Throws `OPTION_FILE` when the file cannot be read. */
export async function readSqlFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new EngineError('OPTION_FILE', `Cannot read the file '${path}': ${messageOf(error)}`, { cause: error });
  }
}

/** The properties file named, or config.properties beside the SQL file where there is one. */
export async function readConfig(named: string | null, sqlFile: string | null): Promise<Record<string, string>> {
  if (named !== null) return parseProperties(await readSqlFile(named));
  if (sqlFile === null) return {};
  try {
    return parseProperties(await readFile(join(dirname(resolve(sqlFile)), 'config.properties'), 'utf8'));
  } catch {
    return {};
  }
}
