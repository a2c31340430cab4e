/** Modules: there is one, `core`, with all functions, and it stays. */
import { validationError } from '../base/error.ts';
import { types } from '../types/logical-type.ts';
import { listOf, OK, tableOf } from './answer.ts';
import { optionPairs } from './option-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface ModuleNode extends StatementNode {
  readonly names: readonly string[];
  readonly options: Readonly<Record<string, string>>;
}

const CORE = 'core';

export const showModules = defineStatement<StatementNode & { readonly full: boolean }>({
  name: 'show-modules',
  heads: [
    ['SHOW', 'MODULES'],
    ['SHOW', 'FULL', 'MODULES'],
  ],
  syntax: 'SHOW [FULL] MODULES',
  summary: 'Lists the modules.',
  example: 'SHOW FULL MODULES',
  parse(parser, start) {
    const full = /^SHOW\s+FULL/i.test(parser.text.slice(start.start));
    return { statement: 'show-modules', full, span: parser.spanFrom(start) };
  },
  async execute({ full }) {
    if (!full) return listOf('module name', [CORE]);
    return tableOf(['module name', { name: 'used', type: types.boolean() }], [[CORE, true]]);
  },
});

export const loadModule = defineStatement<ModuleNode>({
  name: 'load-module',
  heads: [['LOAD', 'MODULE']],
  syntax: "LOAD MODULE module [WITH ('key' = 'value', …)]",
  summary: 'Loads a module; core is the only one.',
  example: 'LOAD MODULE core',
  parse(parser, start) {
    const { name } = parser.identifier();
    const options = parser.accept('WITH') ? parser.options() : {};
    return { statement: 'load-module', names: [name], options, span: parser.spanFrom(start) };
  },
  async execute({ names: [name = ''], options }) {
    const pairs = optionPairs(options);
    const words = `\`${name}\`${pairs.length === 0 ? '' : ` WITH (${pairs.join(', ')})`}`;
    const reason = name === CORE ? `A module with name '${name}' already exists` : `Unable to create module '${name}'.`;
    const listed = name === CORE ? '' : `\n\nModule options are:\n\n${pairs.join('\n')}`;
    const cause =
      name === CORE
        ? reason
        : `Could not find any factory for identifier '${name}' that implements 'org.apache.flink.table.factories.ModuleFactory' in the classpath.\n\nAvailable factory identifiers are:\n\n${CORE}`;
    throw validationError(
      `Could not execute LOAD MODULE ${words}. ${reason}${listed}`,
      undefined,
      validationError(cause),
    );
  },
});

export const unloadModule = defineStatement<ModuleNode>({
  name: 'unload-module',
  heads: [['UNLOAD', 'MODULE']],
  syntax: 'UNLOAD MODULE module',
  summary: 'Unloads a module; core stays.',
  example: 'UNLOAD MODULE core',
  parse(parser, start) {
    const { name } = parser.identifier();
    return { statement: 'unload-module', names: [name], options: {}, span: parser.spanFrom(start) };
  },
  async execute({ names: [name = ''] }) {
    const reason =
      name === CORE ? 'The core module holds all functions and stays.' : `No module with name '${name}' exists`;
    throw validationError(`Could not execute UNLOAD MODULE ${name}. ${reason}`, undefined, validationError(reason));
  },
});

export const useModules = defineStatement<ModuleNode>({
  name: 'use-modules',
  heads: [['USE', 'MODULES']],
  syntax: 'USE MODULES module, …',
  summary: 'Enables modules; core is the only one.',
  example: 'USE MODULES core',
  parse(parser, start) {
    const names = [parser.identifier().name];
    while (parser.acceptSymbol(',')) names.push(parser.identifier().name);
    return { statement: 'use-modules', names, options: {}, span: parser.spanFrom(start) };
  },
  async execute({ names }) {
    const unknown = names.find((name) => name !== CORE);
    const repeated = names.find((name, i) => names.indexOf(name) !== i);
    if (unknown === undefined && repeated === undefined) return OK;
    const reason =
      repeated === undefined
        ? `No module with name '${unknown}' exists`
        : `Module '${repeated}' appears more than once`;
    throw validationError(
      `Could not execute USE MODULES: [${names.join(', ')}]. ${reason}`,
      undefined,
      validationError(reason),
    );
  },
});
