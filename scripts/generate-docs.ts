/** Writes docs/sql.md from the shelves: statements, functions, connectors, formats, procedures. With --check it only compares, and fails when they differ. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OptionSpec } from '../src/base/option.ts';
import { connectors } from '../src/connectors/index.ts';
import { formats } from '../src/formats/index.ts';
import { aggregateFunctions, scalarFunctions } from '../src/functions/index.ts';
import { procedures } from '../src/procedures/index.ts';
import { statements } from '../src/statements/index.ts';

const PATH = join(import.meta.dirname, '../docs/sql.md');

/** Text in a table's cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(text: string): string {
  return text === '' ? '' : `\`${cell(text)}\``;
}

function optionRows(options: readonly OptionSpec[]): string[] {
  return [
    '| option | type | default | meaning |',
    '|---|---|---|---|',
    ...options.map((option) => {
      const values = option.values ? ` (${option.values.join(', ')})` : '';
      const must = option.required ? 'required' : code(option.default ?? '');
      return `| ${code(option.key)} | ${option.type}${cell(values)} | ${must} | ${cell(option.summary)} |`;
    }),
  ];
}

function page(): string {
  const functions = [...scalarFunctions, ...aggregateFunctions];
  const categories = [...new Set(functions.map((each) => each.category))];
  const lines = [
    '# SQL reference',
    '',
    'Made from the code by `bin/node scripts/generate-docs.ts`; the examples of the functions are run by the tests.',
    '',
    '## Statements',
    '',
    '| statement | what it does |',
    '|---|---|',
    ...statements.map((each) => `| ${code(each.syntax)} | ${cell(each.summary)} |`),
    '',
    '## Functions',
  ];
  for (const category of categories) {
    lines.push('', `### ${category}`, '', '| function | what it gives | example |', '|---|---|---|');
    for (const each of functions.filter((one) => one.category === category))
      lines.push(
        `| ${each.signatures.map(code).join('<br>') || code(each.name)} | ${cell(each.summary)} | ${code(each.example)} |`,
      );
  }
  lines.push('', '## Connectors');
  for (const each of connectors) lines.push('', `### ${each.name}`, '', each.summary, '', ...optionRows(each.options));
  lines.push('', '## Formats');
  for (const each of formats) {
    lines.push('', `### ${each.name}`, '', each.summary);
    if (each.options.length > 0)
      lines.push('', ...optionRows(each.options.map((option) => ({ ...option, key: `${each.name}.${option.key}` }))));
  }
  lines.push('', '## Procedures', '', '| procedure | what it does |', '|---|---|');
  for (const each of procedures) {
    const args = each.args.map((argument) => `${argument.name} => ${argument.default ?? argument.type}`).join(', ');
    lines.push(`| ${code(`CALL sys.${each.name}(${args})`)} | ${cell(each.summary)} |`);
  }
  return `${lines.join('\n')}\n`;
}

const text = page();
if (!process.argv.includes('--check')) writeFileSync(PATH, text);
else if (!existsSync(PATH) || readFileSync(PATH, 'utf8') !== text) {
  console.error('docs/sql.md is not what the code says: run bin/node scripts/generate-docs.ts');
  process.exit(1);
}
