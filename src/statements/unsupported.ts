/** What Flink has and Millrace has not: each form is recognised and answered clearly. */
import { EngineError, tableError } from '../base/error.ts';
import { listOf } from './answer.ts';
import { defineStatement, type Statement, type StatementNode } from './statement.ts';

type Head = readonly string[];

/** `words`: what stands behind the head in the example. */
function refused(name: string, heads: readonly Head[], words: string, noun: string, advice: string): Statement {
  return defineStatement<StatementNode>({
    name,
    heads,
    syntax: heads.map((head) => `${head.join(' ')} …`).join(' | '),
    summary: `Refused: ${noun} are not supported.`,
    example: `${(heads[0] ?? []).join(' ')} ${words}`,
    parse(parser, start) {
      parser.rest();
      return { statement: name, span: parser.spanFrom(start) };
    },
    async execute() {
      throw tableError(`${noun} are not supported by Millrace. ${advice}`);
    },
  });
}

/** A list that is always empty. */
function emptyList(name: string, heads: readonly Head[], column: string): Statement {
  return defineStatement<StatementNode>({
    name,
    heads,
    syntax: (heads[0] ?? []).join(' '),
    summary: 'Lists nothing: there are none here.',
    example: (heads[0] ?? []).join(' '),
    parse(parser, start) {
      parser.rest();
      return { statement: name, span: parser.spanFrom(start) };
    },
    execute: async () => listOf(column, []),
  });
}

const MATERIALIZED = ['CREATE', 'ALTER', 'DROP'].map((word) => [word, 'MATERIALIZED', 'TABLE']);
const MODELS = ['CREATE', 'ALTER', 'DROP', 'DESCRIBE'].map((word) => [word, 'MODEL']);

const addJar = defineStatement<StatementNode & { readonly path: string }>({
  name: 'jar',
  heads: [
    ['ADD', 'JAR'],
    ['REMOVE', 'JAR'],
  ],
  syntax: "ADD JAR 'path' | REMOVE JAR 'path'",
  summary: 'Refused: Java archives cannot run here.',
  example: "ADD JAR 'udf.jar'",
  parse: (parser, start) => ({ statement: 'jar', path: parser.quotedString(), span: parser.spanFrom(start) }),
  async execute({ path }) {
    throw tableError(
      `Could not register the specified resource [ResourceUri{resourceType=JAR, uri='${path}'}].`,
      tableError('Millrace runs no Java: connectors, formats and functions are built in.'),
    );
  },
});

export const unsupportedStatements = [
  refused(
    'materialized-table',
    [...MATERIALIZED, ['CREATE', 'OR', 'ALTER', 'MATERIALIZED', 'TABLE'], ['SHOW', 'CREATE', 'MATERIALIZED', 'TABLE']],
    'daily AS SELECT 1',
    'Materialized tables',
    'Use CREATE TABLE and a continuous INSERT INTO: the job keeps the table up to date.',
  ),
  refused(
    'model',
    [...MODELS, ['CREATE', 'TEMPORARY', 'MODEL'], ['DROP', 'TEMPORARY', 'MODEL'], ['SHOW', 'CREATE', 'MODEL']],
    'm',
    'Models',
    'There is no model provider here.',
  ),
  addJar,
  emptyList('show-jars', [['SHOW', 'JARS']], 'jars'),
  emptyList('show-models', [['SHOW', 'MODELS']], 'model name'),
  emptyList('show-materialized-tables', [['SHOW', 'MATERIALIZED', 'TABLES']], 'materialized table'),
] as readonly Statement[];

/** Words that the SQL client takes itself. */
export const clientCommands: readonly Statement[] = ['HELP', 'CLEAR', 'QUIT', 'EXIT'].map((word) => {
  const name = word.toLowerCase();
  return defineStatement<StatementNode>({
    name,
    heads: [[word]],
    syntax: word,
    summary: 'A command of the SQL client.',
    example: word,
    parse: (parser, start) => ({ statement: name, span: parser.spanFrom(start) }),
    async execute() {
      throw new EngineError('GATEWAY_UNSUPPORTED', `${word} is a command of the SQL client, not a statement.`, {
        exceptionClass: 'java.lang.UnsupportedOperationException',
      });
    },
  });
});
