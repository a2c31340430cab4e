/** CREATE TABLE … LIKE: what the new table takes over from another. */
import { validationError } from '../base/error.ts';
import type { TableColumn, TableDescriptor } from '../catalog/table-descriptor.ts';
import type { Identifier } from '../parser/ast.ts';
import type { Parser } from '../parser/parser.ts';
import { parseExpression } from '../parser/sql-parser.ts';
import { declarationError } from '../parser/syntax-error.ts';
import type { TableItems } from './table-clauses.ts';

const FEATURES = [
  'CONSTRAINTS',
  'DISTRIBUTION',
  'GENERATED',
  'METADATA',
  'OPTIONS',
  'PARTITIONS',
  'WATERMARKS',
] as const;
type Feature = (typeof FEATURES)[number];
type Strategy = 'INCLUDING' | 'EXCLUDING' | 'OVERWRITING';

export interface LikeTableClause {
  readonly source: Identifier;
  readonly strategies: Readonly<Record<Feature, Strategy>>;
}

/** Behind LIKE. */
export function parseLikeTable(parser: Parser): LikeTableClause {
  const source = parser.compoundIdentifier();
  const said = new Map<Feature | 'ALL', Strategy>();
  if (parser.acceptSymbol('(')) {
    do parseStrategy(parser, said);
    while (!parser.acceptSymbol(')'));
  }
  const all = said.get('ALL');
  const strategyOf = (feature: Feature): Strategy =>
    said.get(feature) ?? all ?? (feature === 'OPTIONS' ? 'OVERWRITING' : 'INCLUDING');
  const strategies = Object.fromEntries(FEATURES.map((feature) => [feature, strategyOf(feature)]));
  return { source, strategies: strategies as Record<Feature, Strategy> };
}

function parseStrategy(parser: Parser, said: Map<Feature | 'ALL', Strategy>): void {
  const strategy = (['INCLUDING', 'EXCLUDING', 'OVERWRITING'] as const).find((word) => parser.accept(word));
  if (!strategy) parser.unexpected();
  const feature = ([...FEATURES, 'ALL'] as const).find((word) => parser.accept(word));
  if (!feature) parser.unexpected();
  const canOverwrite = ['GENERATED', 'METADATA', 'OPTIONS', 'WATERMARKS'].includes(feature);
  if (strategy === 'OVERWRITING' && !canOverwrite)
    throw declarationError(`Illegal merging strategy 'OVERWRITING' for '${feature}' option.`);
  if (said.has(feature)) throw declarationError('Each like option feature can be declared only once.');
  said.set(feature, strategy);
}

/** What is taken over: columns in front, and the rest where the new table says nothing itself. */
export interface Inheritance {
  readonly columns: readonly TableColumn[];
  readonly items: TableItems;
  readonly partitionKeys: readonly string[];
  readonly distribution: TableDescriptor['distribution'];
  readonly options: Readonly<Record<string, string>>;
}

/** Throws Flink's errors where both tables say something. */
export function inherit(
  source: TableDescriptor,
  { strategies, source: name }: LikeTableClause,
  own: TableItems,
  ownOptions: Readonly<Record<string, string>>,
  ownPartitions: readonly Identifier[],
): Inheritance {
  const columns = inheritedColumns(source, strategies, own);
  const items: TableItems = { ...own };
  if (source.primaryKey && strategies.CONSTRAINTS === 'INCLUDING') {
    if (own.primaryKey)
      throw validationError(
        'The base table already has a primary key. You might want to specify EXCLUDING CONSTRAINTS.',
      );
    const keys = source.primaryKey.columns.map(
      (key): Identifier => ({ kind: 'identifier', parts: [key], span: name.span }),
    );
    items.primaryKey = { name: source.primaryKey.name, columns: keys };
  }
  inheritWatermark(source, strategies.WATERMARKS, items, name);
  if (ownPartitions.length > 0 && source.partitionKeys.length > 0 && strategies.PARTITIONS === 'INCLUDING')
    throw validationError(
      'The base table already has partitions defined. You might want to specify EXCLUDING PARTITIONS.',
    );
  return {
    columns,
    items,
    partitionKeys: ownPartitions.length > 0 ? [] : source.partitionKeys,
    distribution: strategies.DISTRIBUTION === 'INCLUDING' ? source.distribution : undefined,
    options: inheritedOptions(source.options, strategies.OPTIONS, ownOptions),
  };
}

function inheritedColumns(
  source: TableDescriptor,
  strategies: LikeTableClause['strategies'],
  own: TableItems,
): TableColumn[] {
  const columns: TableColumn[] = [];
  for (const column of source.columns) {
    const feature = column.kind === 'computed' ? 'GENERATED' : column.kind === 'metadata' ? 'METADATA' : undefined;
    if (feature && strategies[feature] === 'EXCLUDING') continue;
    const other = own.columns.find(({ name }) => name === column.name);
    if (!other) columns.push(column);
    else if (!feature || other.kind !== column.kind)
      throw validationError(`A column named '${column.name}' already exists in the base table.`);
    else if (strategies[feature] !== 'OVERWRITING') {
      const noun = feature === 'GENERATED' ? 'generated' : 'metadata';
      throw validationError(
        `A ${noun} column named '${column.name}' already exists in the base table. You might want to specify EXCLUDING ${feature} or OVERWRITING ${feature}.`,
      );
    }
  }
  return columns;
}

function inheritWatermark(source: TableDescriptor, strategy: Strategy, items: TableItems, name: Identifier): void {
  if (!source.watermark || strategy === 'EXCLUDING') return;
  const { column, expression: text } = source.watermark;
  if (items.watermark) {
    if (strategy === 'OVERWRITING') return;
    throw validationError(
      `There already exists a watermark spec for column '${column}' in the base table. You might want to specify EXCLUDING WATERMARKS or OVERWRITING WATERMARKS.`,
    );
  }
  items.watermark = {
    column: { kind: 'identifier', parts: [column], span: name.span },
    expression: parseExpression(text),
    text,
  };
}

function inheritedOptions(
  source: Readonly<Record<string, string>>,
  strategy: Strategy,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  if (strategy === 'EXCLUDING') return { ...own };
  const clash = strategy === 'INCLUDING' ? Object.keys(source).find((key) => key in own) : undefined;
  if (clash !== undefined)
    throw validationError(
      `There already exists an option ['${clash}' -> '${source[clash]}']  in the base table. You might want to specify EXCLUDING OPTIONS or OVERWRITING OPTIONS.`,
    );
  return { ...source, ...own };
}
