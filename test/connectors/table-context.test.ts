import { expect, test } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { createTableSink, createTableSource } from '../../src/connectors/table-context.ts';
import { types } from '../../src/types/logical-type.ts';
import { tableOf } from './open-table.ts';

const columns = [{ name: 'a', type: types.int() }];
const environment = { home: '/nowhere', mode: 'streaming' as const };

function chain(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    const texts: string[] = [];
    for (let at: unknown = error; at instanceof EngineError; at = at.cause) texts.push(at.message);
    return texts;
  }
  return [];
}
const reading = (options: Record<string, string>) =>
  chain(() => createTableSource(tableOf(options, columns), environment));

test('an unknown connector names the known ones', () => {
  const [top, middle, root] = reading({ connector: 'nope' });
  expect(top).toBe(
    "Unable to create a source for reading table 'default_catalog.default_database.t'.\n\nTable options are:\n\n'connector'='nope'",
  );
  expect(middle).toBe("Cannot discover a connector using option: 'connector'='nope'");
  expect(root).toContain(
    "Could not find any factory for identifier 'nope' that implements 'org.apache.flink.table.factories.DynamicTableFactory'",
  );
  expect(root).toContain('\nblackhole\ndatagen\nfilesystem\n');
});

test('no connector at all', () => {
  expect(reading({})[1]).toBe("Table options do not contain an option key 'connector' for discovering a connector.");
});

test('missing required options come sorted', () => {
  expect(reading({ connector: 'filesystem' })[1]).toBe(
    'One or more required options are missing.\n\nMissing required options are:\n\nformat\npath',
  );
});

test('unknown options list the supported ones, secrets are masked', () => {
  const [top, root] = reading({ connector: 'datagen', nope: '1', 'my.password': 'x' });
  expect(top).toContain("'my.password'='******'");
  expect(root).toMatch(
    /^Unsupported options found for 'datagen'\.\n\nUnsupported options:\n\nmy\.password\nnope\n\nSupported options:\n\nconnector\nfields\.a\.kind\nfields\.a\.max\n/,
  );
});

test('a value of the wrong type', () => {
  const texts = reading({ connector: 'datagen', 'rows-per-second': 'many' });
  expect(texts[1]).toBe("Invalid value for option 'rows-per-second'.");
  expect(texts.at(-1)).toBe('For input string: "many"');
  const files = { connector: 'filesystem', path: 'none', format: 'csv' };
  expect(reading({ ...files, 'source.monitor-interval': 'abc' }).slice(1)).toEqual([
    "Invalid value for option 'source.monitor-interval'.",
    "Could not parse value 'abc' for key 'source.monitor-interval'.",
    'text does not start with a number, and is not a valid ISO-8601 duration format: abc',
  ]);
});

test('a sink cannot be read', () => {
  expect(reading({ connector: 'print' })[1]).toBe(
    "Connector 'print' can only be used as a sink. It cannot be used as a source.",
  );
  expect(chain(() => createTableSink(tableOf({ connector: 'datagen' }, columns), environment))[1]).toBe(
    "Connector 'datagen' can only be used as a source. It cannot be used as a sink.",
  );
});

test('a format that refuses its options', () => {
  const texts = reading({
    connector: 'filesystem',
    path: '/x',
    format: 'json',
    'json.fail-on-missing-field': 'true',
    'json.ignore-parse-errors': 'true',
  });
  expect(texts.at(-1)).toBe("fail-on-missing-field and ignore-parse-errors shouldn't both be true.");
});
