/** CALL: finds a procedure of the shelf, checks its arguments and runs it. */
import { EngineError, validationError } from '../base/error.ts';
import { procedures } from '../procedures/index.ts';
import type { Procedure } from '../procedures/procedure.ts';
import type { StatementResult } from '../statements/statement.ts';
import type { Value } from '../types/value.ts';
import type { CallArguments, ProcedureHost, Session } from './session.ts';

const ROWS_A_PAGE = 5000;

/** Throws a ValidationException when there is no such procedure or its arguments do not fit. */
export async function callProcedure(
  path: readonly string[],
  args: CallArguments,
  session: Session,
  host: ProcedureHost,
): Promise<StatementResult> {
  const procedure = find(path);
  const { columns, rows } = await procedure.call(bindArguments(procedure, args), {
    home: host.home,
    jobs: host.jobs,
    clock: host.clock,
    query: (sql) => queryRows(session, sql),
    progress: host.notice,
  });
  return { kind: 'rows', columns, rows };
}

/** Names as CALL takes them. */
export const procedureNames: readonly string[] = procedures.map(({ name }) => `sys.${name}`);

function find(path: readonly string[]): Procedure {
  const name = path.at(-1)?.toLowerCase();
  const namespace = path.at(-2)?.toLowerCase();
  const procedure = namespace === 'sys' ? procedures.find((candidate) => candidate.name === name) : undefined;
  if (procedure) return procedure;
  throw validationError(
    `SQL validation failed. No match found for function signature ${path.at(-1) ?? ''}. Procedures are: ${procedureNames.join(', ')}.`,
  );
}

function bindArguments(procedure: Procedure, given: CallArguments): Record<string, number | string> {
  const bound: Record<string, number | string> = {};
  for (const [i, argument] of procedure.args.entries()) {
    const value = given.find((one) => one.name?.toLowerCase() === argument.name) ?? positional(given, i);
    if (value) bound[argument.name] = converted(procedure, argument.name, argument.type, value.value);
    else if (argument.default !== undefined) bound[argument.name] = argument.default;
    else throw validationError(`Procedure sys.${procedure.name} needs the argument '${argument.name}'.`);
  }
  for (const { name } of given)
    if (name !== undefined && !procedure.args.some((argument) => argument.name === name.toLowerCase()))
      throw validationError(`Procedure sys.${procedure.name} has no argument '${name}'.`);
  if (given.length > procedure.args.length)
    throw validationError(`Procedure sys.${procedure.name} takes ${procedure.args.length} arguments.`);
  return bound;
}

function positional(given: CallArguments, index: number): CallArguments[number] | undefined {
  const value = given[index];
  return value?.name === undefined ? value : undefined;
}

function converted(procedure: Procedure, name: string, type: 'INT' | 'STRING', value: Value): number | string {
  if (type === 'STRING' && typeof value === 'string') return value;
  if (type === 'INT' && (typeof value === 'number' || typeof value === 'bigint')) return Number(value);
  throw validationError(`The argument '${name}' of sys.${procedure.name} must be of type ${type}.`);
}

/** Runs a SELECT in batch mode to its end. */
async function queryRows(session: Session, sql: string): Promise<ReadonlyArray<readonly Value[]>> {
  const { handle } = await session.query(sql, { 'execution.runtime-mode': 'batch' });
  const rows: Array<readonly Value[]> = [];
  for (;;) {
    const page = await handle.next(ROWS_A_PAGE);
    for (const { kind, values } of page.rows) {
      if (kind !== 0) throw new EngineError('INTERNAL', 'a batch query gave a change');
      rows.push(values);
    }
    if (page.end) return rows;
  }
}
