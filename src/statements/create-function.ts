/** CREATE FUNCTION and ALTER FUNCTION: kept in the catalog; classes of a JVM do not run here. */
import { EngineError, tableError, validationError } from '../base/error.ts';
import { functionNotFound } from '../catalog/catalog-error.ts';
import { pathToString, pathToSummary } from '../catalog/object-path.ts';
import type { Parser } from '../parser/parser.ts';
import { grammarError } from '../parser/syntax-error.ts';
import { OK } from './answer.ts';
import { checkFunctionName, parseIfExists, parseIfNotExists } from './exists-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface CreateFunctionNode extends StatementNode {
  readonly parts: readonly string[];
  readonly scope: 'catalog' | 'temporary' | 'temporary-system';
  readonly isOptional: boolean;
  readonly className: string;
  readonly language: string;
}

export const createFunction = defineStatement<CreateFunctionNode>({
  name: 'create-function',
  heads: [
    ['CREATE', 'FUNCTION'],
    ['CREATE', 'TEMPORARY', 'FUNCTION'],
    ['CREATE', 'TEMPORARY', 'SYSTEM', 'FUNCTION'],
    ['CREATE', 'SYSTEM', 'FUNCTION'],
  ],
  syntax: "CREATE [TEMPORARY [SYSTEM]] FUNCTION [IF NOT EXISTS] function AS 'class' [LANGUAGE JAVA]",
  summary: 'Remembers a function of a JVM by its class; it can be listed, not called.',
  example: "CREATE FUNCTION IF NOT EXISTS tax AS 'com.shop.Tax'",
  parse(parser, start) {
    const scope = scopeOf(parser, start.start);
    checkFunctionName(parser, start);
    const isOptional = parseIfNotExists(parser);
    return { statement: 'create-function', scope, isOptional, ...parseBody(parser), span: parser.spanFrom(start) };
  },
  async execute({ parts, scope, isOptional, className, language }, { catalogs }) {
    const path = catalogs.qualify(parts);
    if (scope !== 'catalog') throw classNotFound(scope, pathToSummary(path), parts.join('.'), className, language);
    const catalog = await catalogs.getCatalog(path.catalog);
    if (isOptional && (await catalog.getFunction(path.database, path.name))) return OK;
    try {
      await catalog.createFunction(path.database, path.name, { className, language });
    } catch (error) {
      throw tableError(
        `Could not execute CREATE CATALOG FUNCTION: (catalogFunction: [Optional[This is a user-defined function]], identifier: [${pathToString(path)}], ignoreIfExists: [${isOptional}], isTemporary: [false])`,
        error,
      );
    }
    return OK;
  },
});

function scopeOf(parser: Parser, start: number): CreateFunctionNode['scope'] {
  const head = parser.text.slice(start).toUpperCase();
  if (/^CREATE\s+SYSTEM/.test(head))
    throw grammarError(
      'CREATE SYSTEM FUNCTION is not supported, system functions can only be registered as temporary functions, you can use CREATE TEMPORARY SYSTEM FUNCTION instead.',
      parser.peekSpan(),
    );
  if (/^CREATE\s+TEMPORARY\s+SYSTEM/.test(head)) return 'temporary-system';
  return /^CREATE\s+TEMPORARY/.test(head) ? 'temporary' : 'catalog';
}

function parseBody(parser: Parser): Pick<CreateFunctionNode, 'parts' | 'className' | 'language'> {
  const { parts } = parser.compoundIdentifier();
  parser.expect('AS');
  const className = parser.quotedString();
  let language = 'JAVA';
  if (parser.accept('LANGUAGE')) {
    const found = ['JAVA', 'SCALA', 'SQL', 'PYTHON'].find((word) => parser.accept(word));
    if (found === undefined) parser.unexpected();
    else language = found;
  }
  if (parser.accept('USING'))
    do {
      if (!parser.accept('JAR')) parser.expect('ARTIFACT');
      parser.quotedString();
    } while (parser.acceptSymbol(','));
  if (parser.accept('WITH')) parser.options();
  return { parts, className, language };
}

function classNotFound(scope: string, summary: string, name: string, className: string, language: string): EngineError {
  const cause = new EngineError('SQL_VALIDATION', className, { exceptionClass: 'java.lang.ClassNotFoundException' });
  if (scope === 'temporary')
    return validationError(
      `Could not register temporary catalog function '${summary}' due to implementation errors.`,
      undefined,
      cause,
    );
  return tableError(
    `Could not execute CREATE TEMPORARY SYSTEM FUNCTION: (functionName: [${name}], catalogFunction: [CatalogFunctionImpl{className='${className}', functionLanguage='${language}', functionResource='[]', options='{}'}], ignoreIfExists: [false], functionLanguage: [${language}])`,
    cause,
  );
}

export const alterFunction = defineStatement<CreateFunctionNode>({
  name: 'alter-function',
  heads: [
    ['ALTER', 'FUNCTION'],
    ['ALTER', 'TEMPORARY', 'FUNCTION'],
    ['ALTER', 'TEMPORARY', 'SYSTEM', 'FUNCTION'],
  ],
  syntax: "ALTER FUNCTION [IF EXISTS] function AS 'class' [LANGUAGE JAVA]",
  summary: 'Gives a remembered function another class.',
  example: "CREATE FUNCTION tax AS 'com.shop.Tax'; ALTER FUNCTION tax AS 'com.shop.NewTax'",
  parse(parser, start) {
    const scope = /^ALTER\s+TEMPORARY/i.test(parser.text.slice(start.start)) ? 'temporary' : 'catalog';
    const isOptional = parseIfExists(parser);
    return { statement: 'alter-function', scope, isOptional, ...parseBody(parser), span: parser.spanFrom(start) };
  },
  async execute({ parts, scope, isOptional, className, language }, { catalogs }) {
    if (scope === 'temporary') throw validationError('Alter temporary catalog function is not supported');
    const path = catalogs.qualify(parts);
    const catalog = await catalogs.getCatalog(path.catalog);
    if (!(await catalog.getFunction(path.database, path.name))) {
      if (isOptional) return OK;
      const missing = functionNotFound(path.database, path.name, path.catalog);
      throw validationError(missing.message, undefined, missing);
    }
    await catalog.dropFunction(path.database, path.name);
    await catalog.createFunction(path.database, path.name, { className, language });
    return OK;
  },
});
