/** Tables and views from their CREATE statements, and a planner context over them: what the binder's tests stand on. */
import type { CatalogObject, TableDescriptor } from '../../src/catalog/table-descriptor.ts';
import type { Identifier, SqlExpression } from '../../src/parser/ast.ts';
import { parseQuery, parseText, type SqlParser } from '../../src/parser/sql-parser.ts';
import { bindTable, type TableDefinition } from '../../src/planner/bind-table.ts';
import { bindView } from '../../src/planner/bind-view.ts';
import type { PlannerContext } from '../../src/planner/planner-context.ts';

export interface SqlTables {
  readonly context: PlannerContext;
  create(sql: string): Promise<void>;
}

export function sqlTables(settings: Readonly<Record<string, string>> = {}): SqlTables {
  const objects = new Map<string, CatalogObject>();
  const context: PlannerContext = {
    currentCatalog: 'default_catalog',
    currentDatabase: 'default_database',
    resolve: async (parts) => {
      const name = parts[parts.length - 1] as string;
      const database = parts[parts.length - 2] ?? 'default_database';
      const catalog = parts[parts.length - 3] ?? 'default_catalog';
      const object = objects.get(name);
      if (!object || database !== 'default_database' || catalog !== 'default_catalog') return undefined;
      return { path: { catalog, database, name }, object, isTemporary: false };
    },
    config: (key) => settings[key],
    settings: () => settings,
    home: '/tmp',
    now: 0,
    notice: () => undefined,
  };
  return {
    context,
    create: async (sql) => {
      const { name, object } = await readCreate(sql, context);
      objects.set(name, object);
    },
  };
}

async function readCreate(sql: string, context: PlannerContext): Promise<{ name: string; object: CatalogObject }> {
  const view = /^\s*CREATE\s+VIEW\s+(\w+)\s*(?:\(([^)]*)\))?\s*AS\s+([\s\S]*)$/i.exec(sql);
  if (view) {
    const [, name = '', names, text = ''] = view;
    const query = parseQuery(text);
    const columns = await bindView(query, names ? names.split(',').map((part) => part.trim()) : [], context);
    return { name, object: { kind: 'view', columns, originalQuery: text, expandedQuery: text, options: {} } };
  }
  return parseText(sql, (parser) => readTable(parser, context));
}

function readTable(parser: SqlParser, context: PlannerContext): { name: string; object: TableDescriptor } {
  parser.expect('CREATE', 'TABLE');
  const { name } = parser.identifier();
  const definition: { -readonly [K in keyof TableDefinition]: TableDefinition[K] } = { columns: [], partitionKeys: [] };
  parser.expectSymbol('(');
  do {
    if (parser.accept('WATERMARK', 'FOR')) {
      const column = parser.compoundIdentifier();
      parser.expect('AS');
      const expression: SqlExpression = parser.expression();
      definition.watermark = { column, expression, text: parser.textOf(expression.span, expression.span) };
    } else if (parser.accept('PRIMARY', 'KEY')) {
      definition.primaryKey = { columns: names(parser) };
      parser.expect('NOT', 'ENFORCED');
    } else {
      definition.columns = [...definition.columns, parser.columnDefinition()];
      parser.accept('NOT', 'ENFORCED');
    }
  } while (parser.acceptSymbol(','));
  parser.expectSymbol(')');
  if (parser.accept('PARTITIONED', 'BY')) definition.partitionKeys = names(parser);
  const options = parser.accept('WITH') ? parser.options() : {};
  const schema = bindTable(definition, context);
  return { name, object: { kind: 'table', ...schema, options } };
}

function names(parser: SqlParser): Identifier[] {
  parser.expectSymbol('(');
  const list = [parser.compoundIdentifier()];
  while (parser.acceptSymbol(',')) list.push(parser.compoundIdentifier());
  parser.expectSymbol(')');
  return list;
}
