/** The settings of a session: what it was opened with, what SET changed, over the engine's own. */

export class SessionConfig {
  readonly #engine: ReadonlyMap<string, string>;
  readonly #initial: ReadonlyMap<string, string>;
  readonly #values: Map<string, string>;

  /** `initial`: the properties that the session was opened with; RESET restores them. */
  constructor(engine: Readonly<Record<string, string>>, initial: Readonly<Record<string, string>>) {
    this.#engine = new Map(Object.entries(engine));
    this.#initial = new Map([...this.#engine, ...Object.entries(initial)]);
    this.#values = new Map(this.#initial);
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: string): void {
    this.#values.set(key, value);
  }

  /** Back to what the session began with; without a key everything. */
  reset(key?: string): void {
    if (key === undefined) {
      this.#values.clear();
      for (const [name, value] of this.#initial) this.#values.set(name, value);
      return;
    }
    const value = this.#initial.get(key);
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }

  entries(): ReadonlyArray<readonly [string, string]> {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /** The same settings with some of one statement on top. */
  overlaid(statement: Readonly<Record<string, string>>): SessionConfig {
    const copy = new SessionConfig({}, Object.fromEntries(this.#values));
    for (const [key, value] of Object.entries(statement)) copy.set(key, value);
    return copy;
  }
}
