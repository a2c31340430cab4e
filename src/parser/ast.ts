/** The syntax tree of expressions and queries. Spans are on every node; names are as typed; nothing is resolved. */
import type { Span } from '../base/error.ts';
import type { LogicalType } from '../types/logical-type.ts';

interface Node {
  readonly span: Span;
}
export interface Identifier extends Node {
  readonly kind: 'identifier';
  /** Parts without quotes: `a.b.c`. */
  readonly parts: readonly string[];
  /** A place for each part, when there are several. */
  readonly partSpans?: readonly Span[];
}

export type SqlExpression =
  | Identifier
  | (Node & { readonly kind: 'star'; readonly qualifier: readonly string[] })
  /** `text` is the source of a number; for strings the value. */
  | (Node & { readonly kind: 'number'; readonly text: string })
  | (Node & { readonly kind: 'string'; readonly value: string; readonly charset?: string })
  | (Node & { readonly kind: 'binary'; readonly value: Uint8Array })
  | (Node & { readonly kind: 'boolean'; readonly value: boolean | null })
  | (Node & { readonly kind: 'null' })
  | (Node & { readonly kind: 'datetime'; readonly type: 'DATE' | 'TIME' | 'TIMESTAMP'; readonly text: string })
  | (Node & { readonly kind: 'interval'; readonly text: string; readonly sign: 1 | -1; readonly unit: string })
  /** A unit or flag word as an argument: `EXTRACT(YEAR FROM …)`, `TRIM(BOTH …)`. */
  | (Node & { readonly kind: 'symbol'; readonly name: string })
  /** Prefix, infix and postfix operators by name: `+`, `AND`, `NOT`, `IS NOT DISTINCT FROM`, `BETWEEN`, `BETWEEN SYMMETRIC`, `LIKE` (third operand: ESCAPE), … */
  | (Node & {
      readonly kind: 'operator';
      readonly operator: string;
      readonly operands: readonly SqlExpression[];
      readonly operatorSpan: Span;
    })
  | (Node & {
      readonly kind: 'function';
      readonly name: readonly string[];
      readonly args: readonly SqlExpression[];
      /** Names of named arguments (`size => …`), position by position. */
      readonly argNames?: readonly (Identifier | null)[];
      readonly distinct: boolean;
      readonly filter?: SqlExpression;
      readonly over?: WindowReference;
      readonly withinGroup?: readonly OrderItem[];
      readonly nulls?: 'IGNORE' | 'RESPECT';
      /** Clauses of JSON functions, in normal form: `['RETURNING', type]`, `['NULL ON EMPTY']`, … */
      readonly clauses?: readonly JsonClause[];
    })
  | (Node & {
      readonly kind: 'cast';
      readonly operand: SqlExpression;
      readonly type: LogicalType;
      readonly safe: boolean;
    })
  | (Node & {
      readonly kind: 'case';
      readonly operand?: SqlExpression;
      readonly branches: ReadonlyArray<{ readonly when: readonly SqlExpression[]; readonly then: SqlExpression }>;
      readonly otherwise?: SqlExpression;
    })
  /** `x IN (a, b)`, `x IN (query)`; `left` may be a row. */
  | (Node & {
      readonly kind: 'in';
      readonly left: SqlExpression;
      readonly list?: readonly SqlExpression[];
      readonly query?: Query;
      readonly negated: boolean;
    })
  | (Node & { readonly kind: 'exists'; readonly query: Query })
  /** `x > ALL (…)`, `x = ANY (…)`. */
  | (Node & {
      readonly kind: 'quantified';
      readonly operator: string;
      readonly quantifier: 'ALL' | 'ANY';
      readonly left: SqlExpression;
      readonly query?: Query;
      readonly list?: readonly SqlExpression[];
    })
  | (Node & { readonly kind: 'subquery'; readonly query: Query })
  | (Node & { readonly kind: 'row'; readonly items: readonly SqlExpression[] })
  | (Node & { readonly kind: 'array'; readonly items: readonly SqlExpression[] })
  | (Node & { readonly kind: 'map'; readonly items: readonly SqlExpression[] })
  | (Node & { readonly kind: 'item'; readonly collection: SqlExpression; readonly index: SqlExpression })
  /** A field of anything but a plain name: `(expr).field`, `f(x).field`, `a[1].field`. */
  | (Node & { readonly kind: 'field'; readonly operand: SqlExpression; readonly field: string })
  | (Node & { readonly kind: 'descriptor'; readonly columns: readonly Identifier[] })
  /** `TABLE t PARTITION BY …` as an argument of a table function. */
  | (Node & {
      readonly kind: 'table-argument';
      readonly table: TableReference;
      readonly partitionBy: readonly SqlExpression[];
      readonly orderBy: readonly OrderItem[];
    });

export type JsonClause = { readonly name: string; readonly value?: SqlExpression; readonly type?: LogicalType };

export interface OrderItem extends Node {
  readonly expression: SqlExpression;
  readonly descending: boolean;
  readonly nullsFirst?: boolean;
}
export interface WindowDefinition extends Node {
  readonly base?: string;
  readonly partitionBy: readonly SqlExpression[];
  readonly orderBy: readonly OrderItem[];
  readonly frame?: { readonly unit: 'ROWS' | 'RANGE'; readonly start: FrameBound; readonly end?: FrameBound };
}
export type WindowReference = { readonly name: string; readonly span: Span } | WindowDefinition;
export type FrameBound =
  | { readonly kind: 'unbounded-preceding' | 'unbounded-following' | 'current-row' }
  | { readonly kind: 'preceding' | 'following'; readonly value: SqlExpression };

export interface Hint extends Node {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly list: readonly string[];
}

/** ORDER BY, OFFSET and FETCH stand around a body. */
export interface Query extends Node {
  readonly kind: 'query';
  readonly with: ReadonlyArray<{
    readonly name: string;
    readonly columns: readonly string[];
    readonly query: Query;
    readonly span: Span;
  }>;
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly offset?: SqlExpression;
  /** LIMIT and FETCH. */
  readonly fetch?: SqlExpression;
}
export type QueryBody =
  | SelectBody
  | (Node & { readonly kind: 'values'; readonly rows: ReadonlyArray<readonly SqlExpression[]> })
  | (Node & {
      readonly kind: 'set';
      readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT';
      readonly all: boolean;
      readonly left: QueryBody;
      readonly right: QueryBody;
    })
  /** A parenthesised query, or `TABLE t`. */
  | (Node & { readonly kind: 'nested'; readonly query: Query })
  | (Node & { readonly kind: 'table'; readonly name: Identifier });

export interface SelectItem extends Node {
  readonly expression: SqlExpression;
  readonly alias?: string;
}
export type GroupingElement =
  | { readonly kind: 'expression'; readonly expression: SqlExpression }
  | { readonly kind: 'grouping-sets'; readonly sets: readonly GroupingElement[] }
  | { readonly kind: 'rollup' | 'cube'; readonly items: ReadonlyArray<readonly SqlExpression[]> }
  | { readonly kind: 'set'; readonly items: readonly SqlExpression[] };
export interface SelectBody extends Node {
  readonly kind: 'select';
  readonly hints: readonly Hint[];
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from?: TableReference;
  readonly where?: SqlExpression;
  readonly groupBy?: readonly GroupingElement[];
  readonly having?: SqlExpression;
  readonly windows: ReadonlyArray<{ readonly name: string; readonly definition: WindowDefinition }>;
  readonly qualify?: SqlExpression;
}

export type TableReference =
  | (Node & {
      readonly kind: 'table-name';
      readonly name: Identifier;
      readonly hints: readonly Hint[];
      readonly systemTime?: SqlExpression;
    })
  | (Node & { readonly kind: 'derived'; readonly query: Query; readonly lateral: boolean })
  | (Node & { readonly kind: 'table-function'; readonly call: SqlExpression; readonly lateral: boolean })
  | (Node & { readonly kind: 'unnest'; readonly expressions: readonly SqlExpression[]; readonly ordinality: boolean })
  | (Node & {
      readonly kind: 'aliased';
      readonly table: TableReference;
      readonly alias: string;
      readonly columns: readonly string[];
    })
  | (Node & {
      readonly kind: 'join';
      readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'COMMA';
      readonly natural: boolean;
      readonly left: TableReference;
      readonly right: TableReference;
      readonly on?: SqlExpression;
      readonly using?: readonly string[];
    })
  | (Node & { readonly kind: 'match-recognize'; readonly table: TableReference; readonly clause: MatchRecognize });

export interface MatchRecognize extends Node {
  readonly partitionBy: readonly SqlExpression[];
  readonly orderBy: readonly OrderItem[];
  readonly measures: ReadonlyArray<
    Node & {
      readonly expression: SqlExpression;
      readonly alias: string;
      readonly semantics?: 'FINAL' | 'RUNNING';
    }
  >;
  readonly rowsPerMatch: 'ONE' | 'ALL';
  readonly after: {
    readonly kind: 'next-row' | 'past-last-row' | 'first' | 'last' | 'variable';
    readonly variable?: PatternName;
  };
  readonly pattern: Pattern;
  /** Anchors: `^` in front of the pattern, `$` behind it. */
  readonly strictStart: boolean;
  readonly strictEnd: boolean;
  readonly within?: SqlExpression;
  readonly subsets: ReadonlyArray<{ readonly name: string; readonly items: readonly PatternName[] }>;
  readonly define: ReadonlyArray<
    Node & {
      readonly variable: string;
      readonly condition: SqlExpression;
      readonly semantics?: 'FINAL' | 'RUNNING';
    }
  >;
}

/** A pattern variable where it is mentioned. */
export interface PatternName extends Node {
  readonly name: string;
}

export type Pattern =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'sequence' | 'alternation' | 'permute'; readonly items: readonly Pattern[] }
  | {
      readonly kind: 'quantified';
      readonly item: Pattern;
      /** Null: `{,n}`. */
      readonly min: number | null;
      readonly max: number | null;
      readonly greedy: boolean;
    }
  | { readonly kind: 'exclusion'; readonly item: Pattern };

/** What CREATE TABLE's column list says. */
export type ColumnDefinition =
  | (Node & {
      readonly kind: 'physical';
      readonly name: string;
      readonly type: LogicalType;
      readonly primaryKey: boolean;
      readonly comment?: string;
    })
  | (Node & {
      readonly kind: 'computed';
      readonly name: string;
      readonly expression: SqlExpression;
      readonly text: string;
      readonly comment?: string;
    })
  | (Node & {
      readonly kind: 'metadata';
      readonly name: string;
      readonly type: LogicalType;
      readonly key?: string;
      readonly virtual: boolean;
      readonly comment?: string;
    });
