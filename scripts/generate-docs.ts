/** Writes docs/sql.md from the shelves: statements, operators, functions, connectors, formats, settings, procedures. With --check it only compares, and fails when they differ. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleOf, type OptionSpec } from '../src/base/option.ts';
import { connectors } from '../src/connectors/index.ts';
import { commonOptions } from '../src/connectors/option-check.ts';
import { sessionSettings } from '../src/engine/settings.ts';
import { formats } from '../src/formats/index.ts';
import { aggregateFunctions, scalarFunctions } from '../src/functions/index.ts';
import { nodeDefinitions } from '../src/planner/nodes/index.ts';
import { procedures } from '../src/procedures/index.ts';
import type { Procedure } from '../src/procedures/procedure.ts';
import { statements } from '../src/statements/index.ts';

const SAMPLE = join(import.meta.dirname, '../docs/sample.sql');
const PATH = join(import.meta.dirname, '../docs/sql.md');

/** Text in a table's cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(text: string): string {
  return text === '' ? '' : `\`${cell(text)}\``;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function optionRows(options: readonly OptionSpec[]): string[] {
  return [
    '| option | type | default | meaning | example |',
    '|---|---|---|---|---|',
    ...options.map((option) => {
      const values = option.values ? ` (${option.values.join(', ')})` : '';
      const must = option.required ? 'required' : code(option.default ?? '');
      const example = Object.entries(exampleOf(option)).map(([key, value]) => `${quoted(key)} = ${quoted(value)}`);
      return `| ${code(option.key)} | ${option.type}${cell(values)} | ${must} | ${cell(option.summary)} | ${code(example.join(', '))} |`;
    }),
  ];
}

function sqlBlock(text: string): string[] {
  return ['', '```sql', text.trimEnd(), '```'];
}

function functionSections(): string[] {
  const functions = [...scalarFunctions, ...aggregateFunctions];
  const categories = [...new Set(functions.map((each) => each.category))];
  return categories.flatMap((category) => [
    '',
    `### ${category}`,
    '',
    '| function | what it gives | example |',
    '|---|---|---|',
    ...functions
      .filter((each) => each.category === category)
      .map(
        (each) =>
          `| ${each.signatures.map(code).join('<br>') || code(each.name)} | ${cell(each.summary)} | ${code(each.example)} |`,
      ),
  ]);
}

function procedureRow(each: Procedure): string {
  const args = each.args.map((argument) => `${argument.name} => ${argument.default ?? argument.type}`).join(', ');
  return `| ${code(`CALL sys.${each.name}(${args})`)} | ${cell(each.summary)} |`;
}

function page(): string {
  const common = new Set(commonOptions.map((option) => option.key));
  const lines = [
    '# SQL reference',
    '',
    'Made from the code by `npm run docs`. The tests run every example, over these tables:',
    ...sqlBlock(readFileSync(SAMPLE, 'utf8')),
    '',
    '## Statements',
    '',
    '| statement | what it does | example |',
    '|---|---|---|',
    ...statements.map((each) => `| ${code(each.syntax)} | ${cell(each.summary)} | ${code(each.example)} |`),
    '',
    '## Operators',
    '',
    'What a query is made of, by the names of EXPLAIN.',
    '',
    '| operator | what it does | examples |',
    '|---|---|---|',
    ...nodeDefinitions.map(
      (each) => `| ${each.kind} | ${cell(each.summary)} | ${each.examples.map(code).join('<br>')} |`,
    ),
    '',
    '## Functions',
    ...functionSections(),
    '',
    '## Connectors',
    '',
    'Options of every table:',
    '',
    ...optionRows(commonOptions.filter((option) => option.key !== 'connector')),
  ];
  for (const each of connectors) {
    lines.push('', `### ${each.name}`, '', each.summary, ...sqlBlock(each.example));
    const own = each.options.filter((option) => !common.has(option.key));
    if (own.length > 0) lines.push('', ...optionRows(own));
  }
  lines.push('', '## Formats');
  for (const each of formats) {
    lines.push('', `### ${each.name}`, '', each.summary, ...sqlBlock(each.example));
    const named = each.options.map((option) => prefixed(each.name, option));
    if (named.length > 0) lines.push('', ...optionRows(named));
  }
  lines.push('', '## Settings', '', 'Of a session, changed by SET.', '', ...optionRows(sessionSettings));
  lines.push('', '## Procedures', '', '| procedure | what it does |', '|---|---|', ...procedures.map(procedureRow));
  return `${lines.join('\n')}\n`;
}

/** A format's option as a table has it. */
function prefixed(format: string, option: OptionSpec): OptionSpec {
  const example = exampleOf(option);
  const entries = Object.entries(example).map(([key, value]) => [`${format}.${key}`, value]);
  return { ...option, key: `${format}.${option.key}`, example: Object.fromEntries(entries) };
}

const text = page();
if (!process.argv.includes('--check')) writeFileSync(PATH, text);
else if (!existsSync(PATH) || readFileSync(PATH, 'utf8') !== text) {
  console.error('docs/sql.md is not what the code says: run bin/node scripts/generate-docs.ts');
  process.exit(1);
}
