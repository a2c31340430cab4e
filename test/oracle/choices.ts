/**
 * Random choices by name of stream, kept so that a case can be made again, and made smaller: fewer and smaller choices give a simpler case,
 * since every generator puts what is simplest first.
 */

/** The choices of each stream, as they were taken. */
export type ChoiceRecord = Readonly<Record<string, readonly number[]>>;

export class Choices {
  readonly #seed: number;
  readonly #recorded: ChoiceRecord | null;
  readonly #taken = new Map<string, number[]>();
  readonly #states = new Map<string, number>();

  /** With a record: its choices again, and the simplest ones where it ends. */
  constructor(seed: number, recorded: ChoiceRecord | null = null) {
    this.#seed = seed;
    this.#recorded = recorded;
  }

  get taken(): ChoiceRecord {
    return Object.fromEntries(this.#taken);
  }

  /** The choices of one stream. */
  stream(name: string): Chooser {
    const taken: number[] = [];
    this.#taken.set(name, taken);
    const recorded = this.#recorded ? (this.#recorded[name] ?? []) : null;
    return new Chooser((below) => {
      const choice = recorded ? Math.min(recorded[taken.length] ?? 0, below - 1) : this.#next(name) % below;
      taken.push(choice);
      return choice;
    });
  }

  /** Mulberry32 over the seed and the stream's name. */
  #next(name: string): number {
    const state = (this.#states.get(name) ?? hash(name) ^ Math.imul(this.#seed, 0x9e3779b1)) + 0x6d2b79f5;
    this.#states.set(name, state | 0);
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

export class Chooser {
  readonly #choose: (below: number) => number;

  constructor(choose: (below: number) => number) {
    this.#choose = choose;
  }

  /** 0 … below - 1. */
  below(below: number): number {
    return this.#choose(below);
  }

  of<T>(list: readonly T[]): T {
    return list[this.#choose(list.length)] as T;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.#choose(times) === times - 1;
  }

  /** One of the things, each as often as its weight says. */
  weighted<T>(list: ReadonlyArray<readonly [number, T]>): T {
    let left = this.#choose(list.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, thing] of list) {
      if (left < weight) return thing;
      left -= weight;
    }
    return (list[0] as readonly [number, T])[1];
  }

  list<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: least + this.#choose(most - least + 1) }, (_, index) => make(index));
  }
}

/** The smallest record found within `tries` for which `fails` holds. */
export async function shrink(
  record: ChoiceRecord,
  fails: (candidate: ChoiceRecord) => Promise<boolean>,
  tries: number,
): Promise<ChoiceRecord> {
  let best = record;
  let left = tries;
  for (let improved = true; improved && left > 0; ) {
    improved = false;
    for (const candidate of candidates(best)) {
      if (left-- <= 0) break;
      if (!(await fails(candidate))) continue;
      best = candidate;
      improved = true;
      break;
    }
  }
  return best;
}

/** Simpler records, the boldest first: stretches left out, then choices made zero, halved, less by one. */
function* candidates(record: ChoiceRecord): Generator<ChoiceRecord> {
  const streams = Object.entries(record);
  for (const [name, choices] of streams) if (choices.some((choice) => choice > 0)) yield { ...record, [name]: [] };
  for (const [name, choices] of streams)
    for (let kept = 1; kept < choices.length; kept *= 2) yield { ...record, [name]: choices.slice(0, kept) };
  for (let size = 64; size >= 1; size = size >> 1)
    for (const [name, choices] of streams)
      for (let start = 0; start < choices.length; start += size) {
        const rest = [...choices.slice(0, start), ...choices.slice(start + size)];
        yield { ...record, [name]: rest };
        const zeroed = [...choices];
        if (zeroed.slice(start, start + size).some((choice) => choice > 0)) {
          zeroed.fill(0, start, start + size);
          yield { ...record, [name]: zeroed };
        }
      }
  for (const [name, choices] of streams)
    for (const [at, choice] of choices.entries())
      for (const less of new Set([choice >> 1, choice - 1]))
        if (less > 0) yield { ...record, [name]: choices.with(at, less) };
}

function hash(text: string): number {
  let hashed = 2166136261;
  for (let i = 0; i < text.length; i++) hashed = Math.imul(hashed ^ text.charCodeAt(i), 16777619);
  return hashed;
}
