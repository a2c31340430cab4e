/**
 * How often each value came, as a map that an accumulator can be. The map changes in place; an index beside it finds values without a
 * search, and is made anew for a map that comes out of state.
 */
import type { LogicalType } from '../../types/logical-type.ts';
import { MapValue, type Value } from '../../types/value.ts';
import { valueKey } from '../compare-values.ts';

type Entry = [Value, Value];

export class CountedValues {
  readonly #key: (value: Value) => string;
  readonly #indexes = new WeakMap<MapValue, Map<string, number>>();

  constructor(type: LogicalType) {
    this.#key = valueKey(type);
  }

  create(): MapValue {
    return new MapValue([]);
  }

  /** Adds to the count of a value (an INT); the value goes when the count is 0. */
  add(map: MapValue, value: Value, count: number): MapValue {
    const index = this.#indexOf(map);
    const entries = map.entries as Entry[];
    const key = this.#key(value);
    const at = index.get(key);
    if (at === undefined) {
      index.set(key, entries.push([value, count]) - 1);
      return map;
    }
    const total = ((entries[at] as Entry)[1] as number) + count;
    if (total !== 0) entries[at] = [value, total];
    else this.#remove(entries, index, key, at);
    return map;
  }

  merge(map: MapValue, other: MapValue): MapValue {
    for (const [value, count] of other.entries) this.add(map, value, count as number);
    return map;
  }

  #remove(entries: Entry[], index: Map<string, number>, key: string, at: number): void {
    entries.splice(at, 1);
    index.delete(key);
    for (const [other, position] of index) if (position > at) index.set(other, position - 1);
  }

  #indexOf(map: MapValue): Map<string, number> {
    let index = this.#indexes.get(map);
    if (!index) {
      index = new Map(map.entries.map(([value], i) => [this.#key(value), i]));
      this.#indexes.set(map, index);
    }
    return index;
  }
}
