/** Models and materialized tables: there are none here. Making one is refused; what is said of one that is not there is answered as Flink answers it. */
import { type EngineError, tableError, validationError } from '../base/error.ts';
import type { CatalogManager } from '../catalog/catalog-manager.ts';
import { type ObjectPath, pathToString, pathToSummary } from '../catalog/object-path.ts';
import { listOf, OK } from './answer.ts';
import { parseIfExists } from './exists-clause.ts';
import { databaseOf, parseInDatabase } from './in-database.ts';
import { defineStatement, type Statement, type StatementNode } from './statement.ts';

type Head = readonly string[];

interface NamedNode extends StatementNode {
  readonly parts: readonly string[];
  readonly ifExists: boolean;
}

interface ListNode extends StatementNode {
  readonly database: readonly string[];
}

/** Says that the object is not there. */
type Absence = (path: ObjectPath, catalogs: CatalogManager) => Promise<EngineError> | EngineError;

/** A statement about one object by its name. */
function about(name: string, head: Head, noun: string, absence: Absence): Statement<NamedNode> {
  const takesIf = head[0] === 'ALTER' || head[0] === 'DROP';
  return defineStatement<NamedNode>({
    name,
    heads: [head],
    syntax: `${head.join(' ')} ${takesIf ? '[IF EXISTS] ' : ''}name …`,
    summary: `Finds nothing: ${noun} cannot be made here.`,
    example: `${head.join(' ')} ${takesIf ? 'IF EXISTS ' : ''}daily`,
    parse(parser, start) {
      const ifExists = takesIf && parseIfExists(parser);
      const { parts } = parser.compoundIdentifier();
      parser.rest();
      return { statement: name, parts, ifExists, span: parser.spanFrom(start) };
    },
    async execute({ parts, ifExists }, { catalogs }) {
      if (ifExists) return OK;
      throw await absence(catalogs.qualify(parts), catalogs);
    },
  });
}

function refused(name: string, heads: readonly Head[], words: string, advice: string): Statement {
  return defineStatement<StatementNode>({
    name,
    heads,
    syntax: heads.map((head) => `${head.join(' ')} …`).join(' | '),
    summary: `Refused: ${advice}`,
    example: `${(heads[0] ?? []).join(' ')} ${words}`,
    parse(parser, start) {
      parser.rest();
      return { statement: name, span: parser.spanFrom(start) };
    },
    async execute() {
      throw tableError(advice);
    },
  });
}

/** A list that is always empty. */
function emptyList(name: string, head: Head, column: string): Statement<ListNode> {
  return defineStatement<ListNode>({
    name,
    heads: [head],
    syntax: `${head.join(' ')} [{FROM | IN} [catalog.]database] [[NOT] LIKE 'pattern']`,
    summary: 'Lists nothing: there are none here.',
    example: head.join(' '),
    parse(parser, start) {
      const database = parseInDatabase(parser);
      parser.rest();
      return { statement: name, database, span: parser.spanFrom(start) };
    },
    async execute({ database }, { catalogs }) {
      await databaseOf(catalogs, database, head.join(' '));
      return listOf(column, []);
    },
  });
}

async function materializedAbsence(path: ObjectPath, catalogs: CatalogManager): Promise<EngineError | undefined> {
  const found = await catalogs.resolve([path.catalog, path.database, path.name]);
  if (!found) return undefined;
  return validationError(
    `Table ${pathToString(path)} is not a materialized table, does not support materialized table related operation.`,
  );
}

const ADVICE =
  'Materialized tables are not supported by Millrace. Use CREATE TABLE and a continuous INSERT INTO: the job keeps the table up to date.';

export const absentObjects = [
  refused(
    'create-materialized-table',
    [
      ['CREATE', 'MATERIALIZED', 'TABLE'],
      ['CREATE', 'OR', 'ALTER', 'MATERIALIZED', 'TABLE'],
    ],
    'daily AS SELECT 1',
    ADVICE,
  ),
  about(
    'alter-materialized-table',
    ['ALTER', 'MATERIALIZED', 'TABLE'],
    'materialized tables',
    async (path, catalogs) => {
      const names = (await catalogs.listCatalogs()).join(', ');
      const absent = `Cannot find table '${pathToString(path)}' in any of the catalogs [${names}], nor as a temporary table.`;
      return (await materializedAbsence(path, catalogs)) ?? validationError(absent);
    },
  ),
  about('drop-materialized-table', ['DROP', 'MATERIALIZED', 'TABLE'], 'materialized tables', async (path, catalogs) => {
    const absent = `Materialized table with identifier ${pathToString(path)} does not exist.`;
    return (await materializedAbsence(path, catalogs)) ?? validationError(absent);
  }),
  about('show-create-materialized-table', ['SHOW', 'CREATE', 'MATERIALIZED', 'TABLE'], 'materialized tables', (path) =>
    validationError(
      `Could not execute SHOW CREATE MATERIALIZED TABLE ${pathToSummary(path)}. Materialized table with identifier ${pathToString(path)} does not exist.`,
    ),
  ),
  refused(
    'create-model',
    [
      ['CREATE', 'MODEL'],
      ['CREATE', 'TEMPORARY', 'MODEL'],
    ],
    'm',
    'Models are not supported by Millrace. There is no model provider here.',
  ),
  about('alter-model', ['ALTER', 'MODEL'], 'models', (path) =>
    validationError(`Model ${pathToString(path)} doesn't exist.`),
  ),
  about('drop-model', ['DROP', 'MODEL'], 'models', (path) =>
    validationError(`Model with identifier '${pathToSummary(path)}' does not exist.`),
  ),
  about('drop-temporary-model', ['DROP', 'TEMPORARY', 'MODEL'], 'models', (path) =>
    validationError(`Temporary model with identifier '${pathToSummary(path)}' does not exist.`),
  ),
  about('describe-model', ['DESCRIBE', 'MODEL'], 'models', (path) =>
    validationError(`Model with the identifier '${pathToSummary(path)}' doesn't exist.`),
  ),
  about('show-create-model', ['SHOW', 'CREATE', 'MODEL'], 'models', (path) =>
    validationError(`Could not execute SHOW CREATE MODEL. Model with identifier ${pathToString(path)} does not exist.`),
  ),
  emptyList('show-models', ['SHOW', 'MODELS'], 'model name'),
  emptyList('show-materialized-tables', ['SHOW', 'MATERIALIZED', 'TABLES'], 'materialized table'),
] as readonly Statement[];
