/** Java archives, which cannot run here, and the words of the SQL client. */
import { existsSync } from 'node:fs';
import { EngineError, tableError } from '../base/error.ts';
import { listOf } from './answer.ts';
import { defineStatement, type Statement, type StatementNode } from './statement.ts';

const addJar = defineStatement<StatementNode & { readonly path: string }>({
  name: 'jar',
  heads: [['ADD', 'JAR']],
  syntax: "ADD JAR 'path'",
  summary: 'Refused: Java archives cannot run here.',
  example: "ADD JAR 'udf.jar'",
  parse: (parser, start) => ({ statement: 'jar', path: parser.quotedString(), span: parser.spanFrom(start) }),
  async execute({ path }) {
    const reason = existsSync(path)
      ? tableError('Millrace runs no Java: connectors, formats and functions are built in.')
      : new EngineError('SQL_VALIDATION', `jar or artifact resource [${path}] not found.`, {
          exceptionClass: 'java.io.FileNotFoundException',
        });
    throw tableError(
      `Could not register the specified resource [ResourceUri{resourceType=JAR, uri='${path}'}].`,
      reason,
    );
  },
});

const removeJar = defineStatement<StatementNode>({
  name: 'remove-jar',
  heads: [['REMOVE', 'JAR']],
  syntax: "REMOVE JAR 'path'",
  summary: 'Refused: there are no Java archives here.',
  example: "REMOVE JAR 'udf.jar'",
  parse(parser, start) {
    parser.quotedString();
    return { statement: 'remove-jar', span: parser.spanFrom(start) };
  },
  async execute() {
    throw new EngineError('GATEWAY_UNSUPPORTED', "SQL Gateway doesn't support REMOVE JAR syntax now.", {
      exceptionClass: 'java.lang.UnsupportedOperationException',
    });
  },
});

const showJars = defineStatement<StatementNode>({
  name: 'show-jars',
  heads: [['SHOW', 'JARS']],
  syntax: 'SHOW JARS',
  summary: 'Lists nothing: there are none here.',
  example: 'SHOW JARS',
  parse: (parser, start) => ({ statement: 'show-jars', span: parser.spanFrom(start) }),
  execute: async () => listOf('jars', []),
});

export const unsupportedStatements = [addJar, removeJar, showJars] as readonly Statement[];

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
