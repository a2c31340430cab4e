/** The list of tokens that could have stood at the place of an error, in the order of Flink's grammar and with names and literals spelled out. */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const NAMES = words(
  `<BRACKET_QUOTED_IDENTIFIER> <QUOTED_IDENTIFIER> <BACK_QUOTED_IDENTIFIER> <BIG_QUERY_BACK_QUOTED_IDENTIFIER>
   <HYPHENATED_IDENTIFIER> <IDENTIFIER> <UNICODE_QUOTED_IDENTIFIER>`,
);
/** The same where the grammar looks ahead for one. */
const SOUGHT_NAMES = words(
  `<IDENTIFIER> <HYPHENATED_IDENTIFIER> <QUOTED_IDENTIFIER> <BACK_QUOTED_IDENTIFIER> <BIG_QUERY_BACK_QUOTED_IDENTIFIER>
   <BRACKET_QUOTED_IDENTIFIER> <UNICODE_QUOTED_IDENTIFIER>`,
);
const STRINGS = words(
  `<BINARY_STRING_LITERAL> <QUOTED_STRING> <PREFIXED_STRING_LITERAL> <UNICODE_STRING_LITERAL>
   <C_STYLE_ESCAPED_STRING_LITERAL> <BIG_QUERY_DOUBLE_QUOTED_STRING> <BIG_QUERY_QUOTED_STRING>`,
);
const NUMBERS = words('<UNSIGNED_INTEGER_LITERAL> <APPROX_NUMERIC_LITERAL> <DECIMAL_NUMERIC_LITERAL>');
const SYMBOLS = words(
  '( ) <LBRACE_D> <LBRACE_T> <LBRACE_TS> <LBRACE_FN> { } [ ] ; . , = > < ? : <= >= <> != + - * / % || => /*+ */',
);
const AGGREGATES_OF_WORDS = words('ARRAY_CONCAT_AGG GROUP_CONCAT STRING_AGG PERCENTILE_CONT PERCENTILE_DISC');
const CONTEXT_NAMES = words(
  'CURRENT_CATALOG CURRENT_DEFAULT_TRANSFORM_GROUP CURRENT_PATH CURRENT_ROLE CURRENT_SCHEMA CURRENT_USER SESSION_USER SYSTEM_USER',
);
const CALLED_WORDS = words(
  `ABS AVG CARDINALITY CHAR CHAR_LENGTH CHARACTER_LENGTH COALESCE COLLECT COVAR_POP COVAR_SAMP CUME_DIST COUNT CURRENT_DATE
   CURRENT_TIME CURRENT_TIMESTAMP DENSE_RANK ELEMENT EVERY EXP FIRST_VALUE FUSION INTERSECTION GROUPING HOUR LAG LEAD LEFT
   LAST_VALUE LN LOCALTIME LOCALTIMESTAMP LOWER MAX MIN MINUTE MOD MONTH NTH_VALUE NTILE NULLIF OCTET_LENGTH PERCENT_RANK POWER
   RANK REGR_COUNT REGR_SXX REGR_SYY RIGHT ROW_NUMBER SECOND SOME SQRT STDDEV_POP STDDEV_SAMP SUM UPPER TRUNCATE USER VAR_POP
   VAR_SAMP YEAR`,
);
const FORMS = words(
  `CAST SAFE_CAST TRY_CAST EXTRACT POSITION CONVERT TRANSLATE OVERLAY FLOOR CEIL CEILING SUBSTRING TRIM CONTAINS_SUBSTR DATE_TRUNC
   DATETIME_TRUNC TIMESTAMP_DIFF TIMESTAMP_TRUNC TIME_DIFF TIME_TRUNC CLASSIFIER MATCH_NUMBER RUNNING PREV NEXT JSON_EXISTS
   JSON_VALUE JSON_QUERY JSON_OBJECT JSON_OBJECTAGG JSON_ARRAY JSON_ARRAYAGG`,
);
/** What an operand may begin with: what Flink's grammar knows at once, and what it looks for where a condition stands. */
const CONDITION_FIRST = words('CURSOR EXISTS NOT ROW UNIQUE ( + -');
const CONDITION_REST: readonly string[] = [
  ...words('INTERVAL <UNSIGNED_INTEGER_LITERAL> <DECIMAL_NUMERIC_LITERAL> DECIMAL'),
  ...words('<APPROX_NUMERIC_LITERAL> <BINARY_STRING_LITERAL> <PREFIXED_STRING_LITERAL> <QUOTED_STRING>'),
  ...words(
    '<UNICODE_STRING_LITERAL> <C_STYLE_ESCAPED_STRING_LITERAL> <BIG_QUERY_DOUBLE_QUOTED_STRING> <BIG_QUERY_QUOTED_STRING>',
  ),
  ...words('TRUE FALSE UNKNOWN NULL <LBRACE_D> <LBRACE_T> <LBRACE_TS> DATE DATETIME TIME TIMESTAMP ?'),
  ...FORMS,
  ...words('<LBRACE_FN> MULTISET ARRAY PERIOD'),
  ...AGGREGATES_OF_WORDS,
  'SPECIFIC',
  ...SOUGHT_NAMES,
  ...CALLED_WORDS,
  ...CONTEXT_NAMES,
  ...words('NEW CASE CURRENT'),
];
const OPERAND: readonly string[] = [...CONDITION_FIRST, ...CONDITION_REST];
const OPENING_WORDS = new Set(words('DATE DATETIME TIME TIMESTAMP MULTISET ARRAY PERIOD'));
/** What may follow an operand: the grammar looks for it after everything else. */
const INFIX = words(
  `. NOT IN < <= > >= = <> != BETWEEN LIKE ILIKE RLIKE SIMILAR + - * / % || AND OR IS MEMBER SUBMULTISET CONTAINS OVERLAPS EQUALS
   PRECEDES SUCCEEDS IMMEDIATELY MULTISET [ FORMAT (`,
);
const TYPES = words(
  `STRING BYTES TIMESTAMP_LTZ ARRAY MULTISET RAW ROW STRUCTURED BITMAP BOOLEAN INTEGER INT TINYINT SMALLINT BIGINT REAL DOUBLE FLOAT
   VARIANT BINARY VARBINARY DECIMAL DEC NUMERIC ANY CHARACTER CHAR VARCHAR DATE TIME TIMESTAMP`,
);
/** Words that are Flink's own come after those of Calcite. */
const FLINK_WORDS = new Set(
  words(
    `ANALYZE ARTIFACT BITMAP BUCKETS BYTES CATALOGS CHANGELOG_MODE COLUMNS COMMENT COMPILE COMPUTE CONFLICT CONNECTIONS CONTINUOUS
     DATABASES DEDUPLICATE DISTRIBUTED DISTRIBUTION DO DRAIN ENFORCED ESTIMATED_COST EXTENDED FROM_BEGINNING FROM_NOW FROM_TIMESTAMP
     FUNCTIONS FRESHNESS HASH IF JSON_EXECUTION_PLAN JAR JARS JOB JOBS LOAD METADATA MODEL MODELS MATERIALIZED MODIFY MODULES NOTHING
     OVERWRITE OVERWRITING PARTITIONED PARTITIONS PLAN_ADVICE PROCEDURES PYTHON RAW REFRESH_MODE REMOVE RENAME SCALA START_MODE
     STATISTICS STOP STRING STRUCTURED SUSPEND REFRESH RESUME TABLES TIMESTAMP_LTZ UNLOAD USE VIEWS VIRTUAL WATERMARK WATERMARKS`,
  ),
);
/** What Flink looks for behind everything else that may stand there. */
const SOUGHT_LAST = words('MATCH_RECOGNIZE . PIVOT UNPIVOT');
const SPELLED: Readonly<Record<string, readonly string[]>> = {
  '<IDENTIFIER>': NAMES,
  '<STRING>': STRINGS,
  '<TYPE>': TYPES,
  '<COUNT>': ['DECIMAL', ...NUMBERS, '?'],
  '<OPERAND>': OPERAND,
};
const LITERALS = [...NUMBERS, ...STRINGS];

/** What statements begin with; `~` marks what Flink looks for last. */
export const STATEMENT_WORDS = words(
  `ALTER CALL CREATE DELETE DESCRIBE DROP EXPLAIN INSERT MERGE RESET SELECT SET TABLE UPDATE UPSERT VALUE VALUES WITH
   ~BEGIN ~END ~SHOW ~USE ~EXECUTE`,
);
/** What follows the first words of statements that go on in several ways. */
export const CONTINUATIONS: Readonly<Record<string, readonly string[]>> = {
  CREATE: words('CATALOG CONNECTION DATABASE OR SYSTEM TABLE TEMPORARY VIEW MODEL ~MATERIALIZED ~FUNCTION'),
  'CREATE TEMPORARY': words('CATALOG CONNECTION DATABASE OR SYSTEM TABLE VIEW MODEL ~MATERIALIZED ~FUNCTION'),
  DROP: words('CATALOG CONNECTION DATABASE SYSTEM TABLE TEMPORARY VIEW MODEL ~MATERIALIZED ~FUNCTION'),
  ALTER: words('SESSION SYSTEM ~CATALOG ~DATABASE ~TEMPORARY ~FUNCTION ~MATERIALIZED ~MODEL ~CONNECTION ~TABLE ~VIEW'),
  'SHOW CREATE': words('CATALOG CONNECTION OR TABLE VIEW MODEL ~MATERIALIZED'),
};

/** The lines of `Was expecting one of:`; nothing when nothing is known. `refused` is the word that cannot stand there. */
export function expectation(expected: readonly string[], refused: string): string {
  const seen = new Set(expected);
  // A word that begins operands of its own kind was looked at as one.
  if (seen.has('<OPERAND>') && OPENING_WORDS.has(refused)) seen.add('<CONDITION>');
  const lines = inGrammarOrder(seen).map((word) => `    ${lineOf(word)}`);
  if (lines.length === 0) return '';
  return `\nWas expecting${lines.length === 1 ? ':' : ' one of:'}\n${lines.join('\n')}\n    `;
}

function lineOf(word: string): string {
  if (word === '<EOF>') return `${word} `;
  return `${word.startsWith('<') && word.length > 2 ? word : `"${word}"`} ...`;
}

function inGrammarOrder(expected: ReadonlySet<string>): readonly string[] {
  const tail = soughtAfter(expected);
  const isInTail = new Set(tail);
  const head = new Set([...expected].flatMap(spelled).filter((word) => !isInTail.has(word) && !isMarker(word)));
  const sorted = [...head].sort((a, b) => compare(rankOf(a), rankOf(b)));
  return [...sorted, ...tail];
}

const MARKERS = new Set(['<CONDITION>', '<INFIX>', '<TABLE>', '<COLUMN_TYPE>']);
const isMarker = (word: string): boolean => MARKERS.has(word) || (word.startsWith('~') && word.length > 1);

function spelled(word: string): readonly string[] {
  return word === '<CONDITION>' ? CONDITION_FIRST : (SPELLED[word] ?? [word]);
}

/** What comes last, in an order of its own. */
function soughtAfter(expected: ReadonlySet<string>): readonly string[] {
  if (expected.has('<CONDITION>')) return CONDITION_REST;
  if (expected.has('<TABLE>')) return ['LATERAL', 'TABLE', ...SOUGHT_NAMES, '(', 'UNNEST'];
  if (expected.has('<COLUMN_TYPE>')) return ['.', ...TYPES, ...SOUGHT_NAMES];
  const marked = [...expected].filter((word) => word.startsWith('~') && word.length > 1).map((word) => word.slice(1));
  const last = SOUGHT_LAST.filter((word) => expected.has(word));
  if (!expected.has('<INFIX>')) return [...marked, ...last];
  const mayBeAlias = expected.has('<IDENTIFIER>');
  return INFIX.filter((word) => {
    if (word === '(' || word === '.') return expected.has(word);
    return !mayBeAlias || (word !== 'IMMEDIATELY' && word !== 'FORMAT');
  });
}

type Rank = readonly [group: number, place: number, text: string];

function rankOf(word: string): Rank {
  if (word === '<EOF>') return [0, 0, word];
  const literal = LITERALS.indexOf(word);
  if (literal >= 0) return [3, literal, word];
  const symbol = SYMBOLS.indexOf(word);
  if (symbol >= 0) return [4, symbol, word];
  const name = NAMES.indexOf(word);
  if (name >= 0) return [5, name, word];
  // MINUS stands among the set operations of SQL's words.
  const text = word === 'MINUS' ? 'SETS MINUS' : word.replaceAll('_', ' ');
  return [FLINK_WORDS.has(word) ? 2 : 1, 0, text];
}

function compare(a: Rank, b: Rank): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  if (a[1] !== b[1]) return a[1] - b[1];
  return a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0;
}
