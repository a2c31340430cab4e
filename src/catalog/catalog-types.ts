/** What CREATE CATALOG may say, and Flink's refusals of the rest. */
import { EngineError, validationError } from '../base/error.ts';
import { maskSecrets } from '../base/secret.ts';
import { LEVEL } from './level-catalog.ts';
import { GENERIC_IN_MEMORY } from './memory-catalog.ts';

type Options = Readonly<Record<string, string>>;

const SUPPORTED: Readonly<Record<string, readonly string[]>> = {
  [GENERIC_IN_MEMORY]: ['default-database', 'property-version'],
  [LEVEL]: ['default-database', 'property-version'],
};

/** The type of a new catalog. Throws Flink's `Unable to create catalog` with the reason as its cause. */
export function checkCatalogOptions(name: string, options: Options): string {
  const { type } = options as { type?: string };
  if (type === undefined)
    throw unable(name, options, "Catalog options do not contain an option key 'type' for discovering a catalog.");
  if (type === 'hive') throw unable(name, options, hiveAnswer(name, options));
  const supported = Object.hasOwn(SUPPORTED, type) ? SUPPORTED[type] : undefined;
  if (!supported) throw unable(name, options, unknownType(type));
  const unknown = Object.keys(options).filter((key) => key !== 'type' && !supported.includes(key));
  if (unknown.length > 0)
    throw unable(
      name,
      options,
      `Unsupported options found for '${type}'.\n\nUnsupported options:\n\n${unknown.sort().join('\n')}\n\nSupported options:\n\n${supported.join('\n')}`,
    );
  if (options['default-database'] === '') throw unable(name, options, "The value of 'default-database' is empty.");
  return type;
}

function unable(name: string, options: Options, reason: string): EngineError {
  const list = Object.entries(maskSecrets(options))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `'${key}'='${value}'`)
    .join('\n');
  const message = `Unable to create catalog '${name}'.\n\nCatalog options are:\n${list}`;
  return validationError(message, undefined, validationError(reason));
}

function unknownType(type: string): string {
  const known = Object.keys(SUPPORTED).sort().join('\n');
  return `Could not find any factory for identifier '${type}' that implements 'org.apache.flink.table.factories.CatalogFactory' in the classpath.\n\nAvailable factory identifiers are:\n\n${known}`;
}

function hiveAnswer(name: string, options: Options): string {
  const database = options['default-database'] ?? 'default';
  return `There is no Hive metastore here. A catalog of type 'level' keeps tables across starts; type instead:\n\nCREATE CATALOG ${name} WITH ('type' = 'level', 'default-database' = '${database}');`;
}

/** The frame around errors of CREATE CATALOG, in Flink's words. */
export function createCatalogError(
  name: string,
  options: Options,
  ignoreIfExists: boolean,
  cause: unknown,
): EngineError {
  const properties = Object.entries(maskSecrets(options))
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
  return new EngineError(
    'CATALOG_STATEMENT_FAILED',
    `Could not execute CREATE CATALOG: (catalogName: [${name}], properties: [{${properties}}], ignoreIfExists: [${ignoreIfExists}])`,
    { cause },
  );
}
