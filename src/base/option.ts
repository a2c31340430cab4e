/** Options of connectors, formats, catalogs and the session: their specifications, in Flink's words. */

type OptionType = 'string' | 'boolean' | 'int' | 'long' | 'double' | 'duration' | 'memory' | 'enum' | 'map' | 'list';

/** Options as users gave them: key to text. */
export type Options = Readonly<Record<string, string>>;

export interface OptionSpec {
  /** The key as users type it. A key that ends in `.*` stands for all keys with that prefix. */
  readonly key: string;
  readonly type: OptionType;
  /** One sentence for the reference page. */
  readonly summary: string;
  /** The default as users would type it; absent when there is none. */
  readonly default?: string;
  /** Options of an example, where the default or the first of `values` alone makes none. */
  readonly example?: Options;
  readonly required?: boolean;
  /** The Java enum behind an option of type enum, for the words of a refusal. */
  readonly javaEnum?: string;
  /** Values of an enum, as typed. */
  readonly values?: readonly string[];
  /** Shown as `******` wherever options are shown. */
  readonly secret?: boolean;
  /** Older names of the key. */
  readonly fallbackKeys?: readonly string[];
}

/** The options of an option's example, for the reference page and the tests that run it. */
export function exampleOf(option: OptionSpec): Options {
  return option.example ?? { [option.key]: option.default ?? option.values?.[0] ?? '' };
}
