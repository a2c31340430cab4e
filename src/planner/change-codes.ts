/** The `op_mapping` of FROM_CHANGELOG and TO_CHANGELOG: which text stands for which change. */
import type { ChangeCode, ChangelogFunction } from '../dataflow/operator-spec.ts';
import type { Expression } from '../expressions/expression.ts';
import { isText } from '../types/type-family.ts';
import { planError } from './bind-error.ts';

type Change = ChangeCode['change'];

const CHANGES: readonly Change[] = ['INSERT', 'UPDATE_BEFORE', 'UPDATE_AFTER', 'DELETE'];

/** `mapping` absent: each change is called by its name. `refuse` makes the error of a mapping that is none. */
export function changeCodes(
  name: ChangelogFunction,
  mapping: Expression | undefined,
  refuse: (text: string) => Error,
): readonly ChangeCode[] {
  if (mapping === undefined) return CHANGES.map((change) => ({ change, code: change }));
  const entries = constantEntries(mapping);
  if (entries === undefined) throw refuse(`The 'op_mapping' argument must be a constant MAP literal.`);
  return name === 'TO_CHANGELOG' ? codesOfChanges(entries, refuse) : changesOfCodes(entries, refuse);
}

type Entries = ReadonlyArray<readonly [string, string]>;

/** The pairs of a MAP of literal texts; the last of a key wins. */
function constantEntries(mapping: Expression): Entries | undefined {
  if (mapping.kind !== 'call' || mapping.function !== 'MAP') return undefined;
  const texts = mapping.args.map((arg) =>
    arg.kind === 'literal' && typeof arg.value === 'string' && isText(arg.type) ? arg.value : undefined,
  );
  const entries = new Map<string, string>();
  for (let i = 0; i < texts.length; i += 2) {
    const key = texts[i];
    const value = texts[i + 1];
    if (key === undefined || value === undefined) return undefined;
    entries.set(key, value);
  }
  return [...entries];
}

/** `MAP['INSERT, UPDATE_AFTER', 'true']`. */
function codesOfChanges(entries: Entries, refuse: (text: string) => Error): ChangeCode[] {
  const codes: ChangeCode[] = [];
  for (const [key, code] of entries)
    for (const part of partsOf(key)) {
      const change = changeOf(part, refuse);
      if (codes.some((other) => other.change === change))
        throw refuse(`Invalid target mapping for argument 'op_mapping'. Duplicate change operation: '${change}'.`);
      codes.push({ change, code });
    }
  return codes;
}

/** `MAP['c, r', 'INSERT']`. */
function changesOfCodes(entries: Entries, refuse: (text: string) => Error): ChangeCode[] {
  const codes: ChangeCode[] = [];
  const changes = entries.map(([, value]) => changeOf(value, refuse));
  const repeated = changes.find((change, i) => changes.indexOf(change) < i);
  if (repeated !== undefined)
    throw refuse(
      `Invalid target mapping for argument 'op_mapping'. Duplicate change operation: '${repeated}'. Use comma-separated keys to map multiple codes to the same operation (e.g., MAP['c, r', 'INSERT']).`,
    );
  if (changes.includes('UPDATE_AFTER') && !changes.includes('UPDATE_BEFORE'))
    throw refuse(
      `The 'op_mapping' must include UPDATE_BEFORE for retract mode. Upsert mode (without UPDATE_BEFORE) is not supported in this version.`,
    );
  entries.forEach(([key], i) => {
    for (const code of partsOf(key)) {
      const change = changes[i] as Change;
      const other = codes.find((known) => known.code === code);
      if (other) throw planError(`Duplicate key ${code} (attempted merging values ${other.change} and ${change})`);
      codes.push({ change, code });
    }
  });
  return codes;
}

function partsOf(key: string): string[] {
  return key.split(',').map((part) => part.trim());
}

function changeOf(text: string, refuse: (text: string) => Error): Change {
  const change = CHANGES.find((name) => name === text);
  if (change !== undefined) return change;
  throw refuse(
    `Invalid target mapping for argument 'op_mapping'. Unknown change operation: '${text}'. Valid values are: [INSERT, DELETE, UPDATE_BEFORE, UPDATE_AFTER].`,
  );
}
