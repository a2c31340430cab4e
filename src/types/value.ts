/**
 * One boxed value, as the interpreter, literals, look-ups and the results of a query see it. Row paths use columns instead.
 *
 * | type | value |
 * |---|---|
 * | BOOLEAN | boolean |
 * | TINYINT, SMALLINT, INT | number |
 * | BIGINT, INTERVAL DAY (ms) | bigint |
 * | DECIMAL | bigint, unscaled: `1.50` of scale 2 is `150n` |
 * | FLOAT (rounded by Math.fround), DOUBLE | number |
 * | DATE (days since the epoch), TIME (ms of the day), INTERVAL MONTH (months) | number |
 * | TIMESTAMP, TIMESTAMP_LTZ | bigint, nanoseconds since the epoch |
 * | CHAR, VARCHAR | string |
 * | BINARY, VARBINARY, VARIANT, BITMAP | Uint8Array |
 * | ARRAY, ROW | array of values |
 * | MAP, MULTISET (value INT) | MapValue, keys unique by the SQL rules of equality, the entries of a MAP in the order that it shows |
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | readonly Value[] | MapValue;

export class MapValue {
  readonly entries: ReadonlyArray<readonly [Value, Value]>;
  constructor(entries: ReadonlyArray<readonly [Value, Value]>) {
    this.entries = entries;
  }
}
