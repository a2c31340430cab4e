/** The house keeps its own rules: arrows between rooms, circles, sizes, names, the shelves' lists, and the paths that documents name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

/** Which rooms a room may import, besides itself. `docs/architecture.md` says why. */
const ARROWS: Record<string, readonly string[]> = {
  base: [],
  types: ['base'],
  parser: ['base', 'types'],
  catalog: ['base', 'types'],
  functions: ['base', 'types'],
  state: ['base', 'types'],
  formats: ['base', 'types'],
  expressions: ['base', 'types', 'functions'],
  dataflow: ['base', 'types', 'state', 'functions', 'expressions'],
  operators: ['base', 'types', 'functions', 'expressions', 'state', 'dataflow'],
  connectors: ['base', 'types', 'formats', 'dataflow'],
  planner: [
    'base',
    'types',
    'parser',
    'catalog',
    'functions',
    'expressions',
    'dataflow',
    'operators',
    'formats',
    'connectors',
  ],
  runtime: ['base', 'types', 'state', 'functions', 'dataflow', 'operators', 'connectors'],
  statements: [
    'base',
    'types',
    'parser',
    'catalog',
    'functions',
    'formats',
    'connectors',
    'dataflow',
    'planner',
    'runtime',
  ],
  procedures: [
    'base',
    'types',
    'parser',
    'catalog',
    'functions',
    'formats',
    'connectors',
    'dataflow',
    'planner',
    'runtime',
  ],
  engine: ['base', 'types', 'parser', 'catalog', 'state', 'dataflow', 'planner', 'runtime', 'statements', 'procedures'],
  gateway: ['base', 'types', 'engine'],
  shell: ['base', 'types', 'parser', 'engine', 'gateway'],
};

/** Files that export more names than the budget, each with its reason. */
const WIDE_FILES: Record<string, string> = {
  'parser/ast.ts': 'a union of many node types',
};

/** Files that need each other when they run, each circle with its reason: the grammar or the tree that they follow is recursive. */
const CIRCLES: Record<string, string> = {
  'expressions/boxed-call.ts, expressions/expression-code.ts': 'arguments of a call that has no code are expressions',
  'planner/bind-expression.ts, planner/bind-function.ts, planner/bind-over.ts, planner/bind-subquery.ts':
    'arguments are expressions',
  'planner/bind-from.ts, planner/bind-join.ts, planner/bind-match.ts, planner/bind-process-table.ts, planner/bind-window.ts':
    'what stands in FROM stands over what stands in FROM',
  'planner/rules/prune-columns.ts, planner/rules/prune-inputs.ts': 'inputs of a node are nodes',
};

/** Files that may be longer than the budget, each with its reason. The list only ever gets shorter. */
const LONG_FILES: Record<string, string> = {};

const LINES_MAX = 400;
const EXPORTS_MAX = 15;
const IMPORTS_MAX = 20;

interface SourceFile {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly string[];
  /** Those that are there when it runs: not those of types alone. */
  readonly needs: readonly string[];
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(path, 'utf8');
  const inner = relative(SRC, path);
  const room = inner.includes('/') ? (inner.split('/')[0] as string) : 'top';
  const imports = [...text.matchAll(/(?:from\s+|import\s*\(\s*|^import\s+)'(\.[^']+)'/gm)].map((match) =>
    normalize(join(dirname(path), match[1] as string)),
  );
  const needs = [...text.matchAll(/^(?:import|export) (?!type )([^;'"]*?)from '(\.[^']+)'/gm)]
    .filter(([, names = '']) => !namesTypesOnly(names))
    .map(([, , target = '']) => normalize(join(dirname(path), target)));
  return { path, room, text, imports, needs };
}

/** `{ type A, type B }`. */
function namesTypesOnly(names: string): boolean {
  const list = /^\{([^}]*)\}\s*$/.exec(names)?.[1] ?? '';
  const all = list.split(',').map((name) => name.trim());
  return all.some(Boolean) && all.filter(Boolean).every((name) => name.startsWith('type '));
}

/** All files that one needs, directly or not. */
function reachedFrom(path: string): Set<string> {
  const reached = new Set<string>();
  const open = [path];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const next of needsOf.get(at) ?? []) if (!reached.has(next) && reached.add(next)) open.push(next);
  return reached;
}

const files = listFiles(SRC).map(readSource);
const needsOf = new Map(files.map(({ path, needs }) => [path, needs]));
const roomOf = (path: string): string =>
  relative(SRC, path).includes('/') ? (relative(SRC, path).split('/')[0] as string) : 'top';

describe('the house', () => {
  it('has no room that the plan does not know', () => {
    const rooms = new Set(files.map((file) => file.room).filter((room) => room !== 'top'));
    expect([...rooms].filter((room) => !(room in ARROWS))).toEqual([]);
  });

  it('has only the arrows of the plan', () => {
    const wrong: string[] = [];
    for (const file of files) {
      if (file.room === 'top') continue;
      for (const target of file.imports) {
        const room = roomOf(target);
        if (room !== file.room && !ARROWS[file.room]?.includes(room))
          wrong.push(`${relative(SRC, file.path)} -> ${relative(SRC, target)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has no circle of files but those that are named', () => {
    const reached = new Map(files.map(({ path }) => [path, reachedFrom(path)]));
    const inCircle = [...reached].filter(([path, others]) => others.has(path));
    const circles = inCircle.map(([path, others]) => [...others].filter((other) => reached.get(other)?.has(path)));
    const names = new Set(
      circles.map((circle) =>
        circle
          .map((path) => relative(SRC, path))
          .sort()
          .join(', '),
      ),
    );
    expect([...names].sort()).toEqual(Object.keys(CIRCLES).sort());
  });

  it('imports only files that exist', () => {
    const missing = files.flatMap((file) =>
      file.imports.filter((target) => !existsSync(target)).map((target) => `${relative(SRC, file.path)} -> ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it('lets only one place speak to each outside thing', () => {
    const rules: ReadonlyArray<readonly [RegExp, RegExp]> = [
      [/from 'level'/, /^base\/store\.ts$/],
      [/from 'mysql2|from '@vlasky\/zongji/, /^connectors\/(mysql|jdbc)/],
      [/from 'ink'|from 'react'/, /^shell\//],
      [/Date\.now\(\)/, /^(base\/clock\.ts|main\.ts)$/],
    ];
    const wrong = files.flatMap((file) => {
      const name = relative(SRC, file.path);
      return rules
        .filter(([what, where]) => what.test(file.text) && !where.test(name))
        .map(([what]) => `${name}: ${what.source}`);
    });
    expect(wrong).toEqual([]);
  });

  it('keeps files within the budget', () => {
    const long = files
      .map((file) => ({ name: relative(SRC, file.path), lines: file.text.split('\n').length }))
      .filter((file) => file.lines > LINES_MAX && !(file.name in LONG_FILES));
    expect(long).toEqual([]);
  });

  it('exports and imports little per file', () => {
    const wrong = files.flatMap((file) => {
      if (basename(file.path) === 'index.ts') return [];
      const exports = [...file.text.matchAll(/^export (?:async )?(?:function|const|class|interface|type)/gm)].length;
      const found: string[] = [];
      if (exports > EXPORTS_MAX && !(relative(SRC, file.path) in WIDE_FILES))
        found.push(`${relative(SRC, file.path)}: ${exports} exports`);
      if (file.imports.length > IMPORTS_MAX) found.push(`${relative(SRC, file.path)}: ${file.imports.length} imports`);
      return found;
    });
    expect(wrong).toEqual([]);
  });

  it('opens each file with a sentence', () => {
    expect(
      files.filter((file) => !/^(#!.*\n)?(\/\*\*|\/\/)/.test(file.text)).map((file) => relative(SRC, file.path)),
    ).toEqual([]);
  });

  it('has no default export, enum, any or unfinished mark', () => {
    const wrong = files.filter((file) =>
      /export default|^(export )?enum |: any[;,)=[]|as any\b|TODO|FIXME|@ts-ignore/m.test(file.text),
    );
    expect(wrong.map((file) => relative(SRC, file.path))).toEqual([]);
  });

  it('names only paths that exist in its documents', () => {
    const missing: string[] = [];
    for (const document of ['README.md', 'docs/architecture.md', 'CONTRIBUTING.md'].filter((name) =>
      existsSync(join(ROOT, name)),
    )) {
      const text = readFileSync(join(ROOT, document), 'utf8');
      for (const match of text.matchAll(/`((?:src|test|demo|bin|scripts|bench|docs)\/[\w./-]+)`/g))
        if (!existsSync(join(ROOT, match[1] as string))) missing.push(`${document}: ${match[1]}`);
    }
    expect(missing).toEqual([]);
  });
});
