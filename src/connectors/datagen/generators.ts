/** A column's value as a function of (seed, row number): nothing is remembered, so a restart gives the same rows. */
import { EngineError, validationError } from '../../base/error.ts';
import { fitDecimal, parseBigDecimal } from '../../formats/java-number.ts';
import { type Field, type LogicalType, MAX_LENGTH } from '../../types/logical-type.ts';
import { MapValue, type Value } from '../../types/value.ts';

export interface Generator {
  /** Rows that it can give, or null: any number. */
  readonly rows: bigint | null;
  /** The value of a row. `nowMs`: the time at which it is made. */
  value(random: Random, row: bigint, nowMs: number): Value;
}

export interface RandomSettings {
  readonly min: string | undefined;
  readonly max: string | undefined;
  readonly maxPastMs: number;
  readonly length: string | undefined;
  readonly varLen: boolean;
  readonly nullRate: number;
  option(name: string): string | undefined;
}

/** A stream of random numbers that depends on its seed alone. */
export class Random {
  #state = 0;

  /** Starts the stream of (seed, column, row). */
  begin(seed: number, column: number, row: number): void {
    this.#state =
      (seed ^ Math.imul(column + 1, 0x9e3779b1) ^ Math.imul(row | 0, 0x85ebca6b) ^ Math.floor(row / 2 ** 32)) | 0;
    this.next();
  }

  /** 32 random bits, unsigned. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let z = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    z ^= z + Math.imul(z ^ (z >>> 7), 61 | z);
    return (z ^ (z >>> 14)) >>> 0;
  }

  /** In [0, 1). */
  unit(): number {
    return (this.next() * 2 ** 21 + (this.next() >>> 11)) / 2 ** 53;
  }

  /** An integer in [low, high]. */
  between(low: bigint, high: bigint): bigint {
    const span = high - low + 1n;
    if (span <= 0n) return low;
    const bits = (BigInt(this.next()) << 64n) | (BigInt(this.next()) << 32n) | BigInt(this.next());
    return low + (bits % span);
  }
}

/** `start` to `end`, then nothing. */
export function sequenceGenerator(field: Field, start: bigint, end: bigint): Generator {
  const rows = end >= start ? end - start + 1n : 0n;
  const { type } = field;
  const convert = (value: bigint): Value => {
    switch (type.kind) {
      case 'CHAR':
      case 'VARCHAR':
        return value.toString();
      case 'DECIMAL':
        return fitDecimal({ unscaled: value, scale: 0 }, type.precision, type.scale);
      case 'BIGINT':
        return value;
      case 'TINYINT':
      case 'SMALLINT':
      case 'INT':
      case 'FLOAT':
      case 'DOUBLE':
        return Number(value);
      default:
        throw validationError(`Unsupported type: ${type.kind}`);
    }
  };
  convert(start);
  return { rows, value: (_random, row) => convert(start + row) };
}

/** Random values of a type. */
export function randomGenerator(field: Field, settings: RandomSettings): Generator {
  checkLengths(field, settings);
  const make = valueMaker(field.type, settings, field.name);
  const { nullRate } = settings;
  return {
    rows: null,
    value: (random, _row, nowMs) => (nullRate > 0 && random.unit() < nullRate ? null : make(random, nowMs)),
  };
}

function checkLengths(field: Field, settings: RandomSettings): void {
  const { type, name } = field;
  const isVariable = type.kind === 'VARCHAR' || type.kind === 'VARBINARY';
  const given = settings.length === undefined ? null : Number(settings.length);
  if ((type.kind === 'CHAR' || type.kind === 'BINARY') && given !== null)
    throw validationError(`Custom length for fixed-length type (CHAR/BINARY) field '${name}' is not supported.`);
  if (isVariable && given !== null && given > type.length)
    throw validationError(
      `Custom length '${given}' for variable-length type (VARCHAR/STRING/VARBINARY/BYTES) field '${name}' should be shorter than '${type.length}' defined in the schema.`,
    );
  if (settings.varLen && !isVariable)
    throw validationError(
      `Only supports specifying 'fields.#.var-len' option for variable-length types (VARCHAR/STRING/VARBINARY/BYTES). The type of field '${name}' is not within this range.`,
    );
}

type Make = (random: Random, nowMs: number) => Value;

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  TINYINT: [-128n, 127n],
  SMALLINT: [-32768n, 32767n],
  INT: [-2147483648n, 2147483647n],
  BIGINT: [-(2n ** 63n), 2n ** 63n - 1n],
};

function valueMaker(type: LogicalType, settings: RandomSettings, name: string): Make {
  switch (type.kind) {
    case 'BOOLEAN':
      return (random) => (random.next() & 1) === 1;
    case 'CHAR':
    case 'VARCHAR':
      return textMaker(lengthOf(type.length, settings, 100), settings.varLen);
    case 'BINARY':
    case 'VARBINARY':
      return bytesMaker(lengthOf(type.length, settings, 100), settings.varLen);
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return integerMaker(type.kind, settings);
    case 'FLOAT':
    case 'DOUBLE':
      return doubleMaker(type.kind === 'FLOAT', settings);
    case 'DECIMAL':
      return decimalMaker(type.precision, type.scale, settings);
    case 'DATE':
      return (_random, nowMs) => Math.floor(nowMs / 86_400_000);
    case 'TIME':
      return (_random, nowMs) => nowMs % 86_400_000;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (random, nowMs) =>
        BigInt(Math.floor(nowMs - (settings.maxPastMs > 0 ? random.unit() * settings.maxPastMs : 0))) * 1_000_000n;
    case 'INTERVAL_YEAR_MONTH':
      return (random) => Number(random.between(0n, 120_000n));
    case 'INTERVAL_DAY_TIME':
      return (random) => random.between(0n, 2n ** 40n);
    default:
      return collectionMaker(type, settings, name);
  }
}

function collectionMaker(type: LogicalType, settings: RandomSettings, name: string): Make {
  const count = Number(settings.length ?? 3);
  const inner: RandomSettings = { ...settings, length: undefined };
  switch (type.kind) {
    case 'ARRAY': {
      const element = valueMaker(type.element, inner, name);
      return (random, nowMs) => Array.from({ length: count }, () => element(random, nowMs));
    }
    case 'MAP': {
      const key = valueMaker(type.key, inner, name);
      const value = valueMaker(type.value, inner, name);
      return (random, nowMs) => new MapValue(entriesOf(count, () => [key(random, nowMs), value(random, nowMs)]));
    }
    case 'MULTISET': {
      const key = valueMaker(type.element, inner, name);
      return (random, nowMs) => new MapValue(entriesOf(count, () => [key(random, nowMs), random.next() >>> 1]));
    }
    case 'ROW': {
      const fields = type.fields.map((field) => valueMaker(field.type, partSettings(settings, field.name), field.name));
      return (random, nowMs) => fields.map((make) => make(random, nowMs));
    }
    default:
      throw validationError(`Unsupported type: ${type.kind}`);
  }
}

/** Options of a part of a row: `fields.row.part.min`. */
function partSettings(settings: RandomSettings, part: string): RandomSettings {
  const option = (name: string) => settings.option(`${part}.${name}`);
  return {
    min: option('min'),
    max: option('max'),
    maxPastMs: settings.maxPastMs,
    length: option('length'),
    varLen: false,
    nullRate: 0,
    option,
  };
}

function entriesOf(count: number, make: () => [Value, Value]): [Value, Value][] {
  const entries = new Map<string, [Value, Value]>();
  for (let i = 0; i < count; i++) {
    const entry = make();
    entries.set(String(entry[0]), entry);
  }
  return [...entries.values()];
}

function lengthOf(declared: number, settings: RandomSettings, standard: number): number {
  if (settings.length !== undefined) return Number(settings.length);
  return declared === MAX_LENGTH ? standard : declared;
}

const HEX = '0123456789abcdef';

function textMaker(length: number, varies: boolean): Make {
  return (random) => {
    const count = varies ? 1 + Math.floor(random.unit() * length) : length;
    let text = '';
    for (let i = 0; i < count; i += 8) {
      let bits = random.next();
      for (let k = i; k < Math.min(i + 8, count); k++) {
        text += HEX[bits & 15];
        bits >>>= 4;
      }
    }
    return text;
  };
}

function bytesMaker(length: number, varies: boolean): Make {
  return (random) => {
    const bytes = new Uint8Array(varies ? 1 + Math.floor(random.unit() * length) : length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.next();
    return bytes;
  };
}

function integerMaker(kind: 'TINYINT' | 'SMALLINT' | 'INT' | 'BIGINT', settings: RandomSettings): Make {
  const [low, high] = RANGES[kind] as readonly [bigint, bigint];
  const min = settings.min === undefined ? low : BigInt(settings.min);
  const max = settings.max === undefined ? high : BigInt(settings.max);
  return kind === 'BIGINT' ? (random) => random.between(min, max) : (random) => Number(random.between(min, max));
}

function doubleMaker(single: boolean, settings: RandomSettings): Make {
  const min = settings.min === undefined ? (single ? 2 ** -149 : Number.MIN_VALUE) : Number(settings.min);
  const max = settings.max === undefined ? (single ? 3.4028234663852886e38 : Number.MAX_VALUE) : Number(settings.max);
  return (random) => {
    const value = min + random.unit() * (max - min);
    return single ? Math.fround(value) : value;
  };
}

function decimalMaker(precision: number, scale: number, settings: RandomSettings): Make {
  const largest = 10n ** BigInt(precision) - 1n;
  const bound = (text: string | undefined, standard: bigint) =>
    text === undefined ? standard : (fitDecimal(parseBigDecimal(text), precision, scale) ?? standard);
  const min = bound(settings.min, 0n);
  const max = bound(settings.max, largest);
  if (min >= max) {
    const text = (value: bigint) => (Number(value) / 10 ** scale).toFixed(6);
    throw new EngineError('OPTION_INVALID', `min bound must be less than max [${text(min)}, ${text(max)}]`, {
      exceptionClass: 'java.lang.IllegalStateException',
    });
  }
  return (random) => random.between(min, max);
}
