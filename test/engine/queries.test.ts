/** Queries through the whole engine: changes as Flink 2.3 gives them, and what it refuses. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import type { Session } from '../../src/engine/session.ts';
import { openTestEngine, type TestHome } from '../support/test-engine.ts';

let world: TestHome;
let session: Session;
beforeAll(async () => {
  world = await openTestEngine();
  session = await world.engine.openSession('s', { 'table.local-time-zone': 'UTC' });
  await file('codes', 'id INT, name STRING, op STRING', [
    { id: 1, name: 'a', op: 'c' },
    { id: 2, name: 'b', op: 'c' },
    { id: 1, name: 'a', op: 'b' },
    { id: 1, name: 'A', op: 'u' },
    { id: 2, name: 'b', op: 'd' },
  ]);
});
afterAll(() => world.close());

async function file(name: string, columns: string, rows: readonly object[]): Promise<void> {
  const path = join(world.home, `${name}.json`);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await changes(
    `CREATE TABLE ${name} (${columns}) WITH ('connector' = 'filesystem', 'path' = '${path}', 'format' = 'json')`,
  );
}

const KINDS = ['+I', '-U', '+U', '-D'];

/** `+I a 1`, in the order in which they come. */
async function changes(sql: string): Promise<string[]> {
  const operation = session.execute(sql, {});
  const rows: string[] = [];
  for (let token: number | null = 0; token !== null; ) {
    const fetched = await operation.fetch(token);
    if (!fetched) continue;
    rows.push(...fetched.page.rows.map((row) => [KINDS[row.kind], ...row.values].join(' ')));
    token = fetched.page.next;
  }
  return rows;
}

/** The innermost message. */
async function refusal(sql: string): Promise<string> {
  try {
    await changes(sql);
  } catch (error) {
    let root = error;
    while (root instanceof EngineError && root.cause instanceof Error) root = root.cause;
    return root instanceof Error ? root.message : String(root);
  }
  return 'no error';
}

describe('FROM_CHANGELOG and TO_CHANGELOG', () => {
  const MAPPING = "MAP['c, r', 'INSERT', 'b', 'UPDATE_BEFORE', 'u', 'UPDATE_AFTER', 'd', 'DELETE']";
  const DECODED = `FROM_CHANGELOG(input => TABLE codes, op_mapping => ${MAPPING})`;

  it('makes changes of rows with codes', async () => {
    expect(await changes(`SELECT * FROM ${DECODED}`)).toEqual(['+I 1 a', '+I 2 b', '-U 1 a', '+U 1 A', '-D 2 b']);
  });

  it('makes rows with codes of changes, by name and by place', async () => {
    const all = ['+I INSERT 1 a', '+I INSERT 2 b', '+I UPDATE_BEFORE 1 a', '+I UPDATE_AFTER 1 A', '+I DELETE 2 b'];
    expect(await changes(`SELECT * FROM TO_CHANGELOG(input => (SELECT * FROM ${DECODED}))`)).toEqual(all);
    const coded = `TO_CHANGELOG((SELECT * FROM ${DECODED}), DESCRIPTOR(k), MAP['INSERT, UPDATE_AFTER', '+', 'DELETE', '-'])`;
    expect(await changes(`SELECT k, id FROM ${coded}`)).toEqual(['+I + 1', '+I + 2', '+I + 1', '+I - 2']);
  });

  it.each([
    [
      'FROM_CHANGELOG(TABLE codes PARTITION BY id)',
      "Only tables with set semantics may be partitioned. Invalid PARTITION BY clause in the 0-th operand of table function 'FROM_CHANGELOG'",
    ],
    ['FROM_CHANGELOG(TABLE codes, DESCRIPTOR(x))', "The op column 'x' does not exist in the input schema."],
    [
      "FROM_CHANGELOG(input => TABLE codes, op_mapping => MAP['c', 'INSERT', 'u', 'UPDATE_AFTER'])",
      "The 'op_mapping' must include UPDATE_BEFORE for retract mode. Upsert mode (without UPDATE_BEFORE) is not supported in this version.",
    ],
    [
      'FROM_CHANGELOG(INPUT => TABLE codes)',
      "Param 'INPUT' not found in function 'FROM_CHANGELOG'; did you mean 'input'?",
    ],
    [
      "FROM_CHANGELOG(TABLE codes, DESCRIPTOR(op), MAP['c', 'INSERT'])",
      "Received invalid op code 'b'. Defined op codes are: [c].",
    ],
    [
      "TO_CHANGELOG(input => TABLE codes, op_mapping => MAP['NOPE', 'c'])",
      "Invalid target mapping for argument 'op_mapping'. Unknown change operation: 'NOPE'. Valid values are: [INSERT, DELETE, UPDATE_BEFORE, UPDATE_AFTER].",
    ],
    ['TO_CHANGELOG(op => DESCRIPTOR(x))', 'DEFAULT is only allowed for optional parameters'],
    ['TO_CHANGELOG(TABLE codes)', 'Field names must be unique. Found duplicates: [op]'],
  ])('refuses %s', async (call, text) => {
    expect(await refusal(`SELECT * FROM ${call}`)).toBe(text);
  });
});
