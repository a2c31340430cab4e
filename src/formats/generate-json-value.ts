/**
 * The source text of value parsers: one function a column, `(u8, p, end, r) => position behind or -1`, that writes row r of the column's lanes
 * from JSON bytes. They know the plain forms only; for everything else they give -1 and the exact converters decide.
 */
import { columnKind } from '../types/column.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { TimestampStandard } from './java-time.ts';
import { nextMarkText } from './quote-marks.ts';

/** How a column's lanes are named in generated text: `A3`, `B3`, `N3`, and `W3`, an Int32Array over A3's (or B3's) memory. `Q` are the message's marks. */
export interface ValueTarget {
  readonly index: number;
  readonly type: LogicalType;
  readonly timestamp: TimestampStandard;
}

/** The function's text, named `v<index>`. */
export function valueParser(target: ValueTarget): string {
  return `function v${target.index}(u8, p, end, r) {\n${body(target)}\n}\n`;
}

function body(target: ValueTarget): string {
  const { type } = target;
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return text(target);
    case 'BOOLEAN':
      return boolean(target);
    case 'TINYINT':
      return integer(target, 127);
    case 'SMALLINT':
      return integer(target, 32767);
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
      return integer(target, 2147483647);
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return bigint(target);
    case 'DECIMAL':
      return decimal(target, type.precision, type.scale);
    case 'FLOAT':
    case 'DOUBLE':
      return double(target);
    case 'DATE':
      return date(target);
    case 'TIME':
      return time(target);
    case 'TIMESTAMP':
      return timestamp(target, false);
    case 'TIMESTAMP_LTZ':
      return timestamp(target, true);
    default:
      return `return X.boxed(${target.index}, u8, p, end, r);`;
  }
}

/** The value is there. */
const present = (target: ValueTarget) => (target.type.nullable ? `N${target.index}[r] = 0;` : '');
/** The value is null; `p` is at `null`. */
const orNull = (target: ValueTarget) => `${setNull(target)} return skipNull(u8, p, end);`;

/** Text that makes row r of the column null; a NOT NULL column keeps a zero. */
export function setNull(target: ValueTarget): string {
  const { index, type } = target;
  if (type.nullable) return `N${index}[r] = 1;`;
  const wide = ['i64', 'i128'].includes(columnKind(type));
  return `A${index}[r] = ${wide ? '0n' : '0'};${columnKind(type) === 'bytes' ? ` B${index}[r] = 0;` : ''}`;
}

function text(target: ValueTarget): string {
  const i = target.index;
  return `
  if (u8[p] !== 34) { ${orNull(target)} }
  const M = Q.words, D = Q.base;
  const s = p + 1;
  let i, w, q;
  ${nextMarkText('s', 'q')}
  if (q >= end) return -1;
  if (u8[q] === 34) { A${i}[r] = s; B${i}[r] = q - s; ${present(target)} return q + 1; }
  q = E.run(H, Q, s, end);
  if (q < 0) return -1;
  A${i}[r] = E.address; B${i}[r] = E.length; ${present(target)}
  return q;`;
}

function boolean(target: ValueTarget): string {
  const i = target.index;
  return `
  const c = u8[p];
  if (c === 34) {
    const q = skipString(Q, u8, p + 1, end);
    if (q < 0) return -1;
    const first = u8[p + 1];
    if (first <= 32 || u8[q - 2] <= 32 || first === 92) return -1;
    A${i}[r] = q - p === 6 && (first | 32) === 116 && (u8[p + 2] | 32) === 114 && (u8[p + 3] | 32) === 117 && (u8[p + 4] | 32) === 101 ? 1 : 0;
    ${present(target)}
    return q;
  }
  if (c === 110) { ${orNull(target)} }
  if (c !== 116 && c !== 102) return -1;
  A${i}[r] = c === 116 ? 1 : 0;
  ${present(target)}
  return skipValue(Q, u8, p, end);`;
}

/** Reads `-digits` of a number or of a string into x (exact below 2^53), n digits from s; p is at the byte c behind them. */
const digits = (target: ValueTarget) => `
  let c = u8[p];
  const quoted = c === 34;
  if (quoted) c = u8[++p];
  else if (c === 110) { ${orNull(target)} }
  const negative = c === 45;
  if (negative) c = u8[++p];
  const s = p;
  let x = 0;
  while (c >= 48 && c <= 57) { x = x * 10 + (c - 48); c = u8[++p]; }
  let n = p - s;
  if (p >= end + 1 || n === 0 || (!quoted && n > 1 && u8[s] === 48)) return -1;`;

/** Ends a number: the closing quote, or what may follow a number. */
const close = `
  if (quoted) { if (c !== 34) return -1; p++; }
  else if (afterToken(u8, p, end) < 0) return -1;`;

function integer(target: ValueTarget, limit: number): string {
  return `${digits(target)}
  if (n > 12) return -1;
  ${close}
  if (negative) x = -x;
  if (x > ${limit} || x < ${-limit - 1}) return -1;
  A${target.index}[r] = x;
  ${present(target)}
  return p;`;
}

/** Writes the integer x, |x| < 2^53, into the two halves of a 64-bit lane. */
const writeWide = (i: number) => `W${i}[r + r] = x | 0; W${i}[r + r + 1] = Math.floor(x / 4294967296);`;

function bigint(target: ValueTarget): string {
  const i = target.index;
  return `${digits(target)}
  if (n > 19) return -1;
  ${close}
  if (n <= 15) {
    if (negative) x = -x;
    ${writeWide(i)}
  } else {
    const big = wide(u8, s, n, negative);
    if (BigInt.asIntN(64, big) !== big) return -1;
    A${i}[r] = big;
  }
  ${present(target)}
  return p;`;
}

function decimal(target: ValueTarget, precision: number, scale: number): string {
  const i = target.index;
  const high = columnKind(target.type) === 'i128' ? `A${i}[r] = x < 0 ? -1n : 0n;` : '';
  return `${digits(target)}
  let f = 0;
  if (c === 46) {
    c = u8[++p];
    const from = p;
    while (c >= 48 && c <= 57) { x = x * 10 + (c - 48); c = u8[++p]; }
    f = p - from;
    if (f === 0) return -1;
    n += f;
  }
  if (n > 15) return -1;
  if (c === 101 || c === 69) {
    c = u8[++p];
    const down = c === 45;
    if (down || c === 43) c = u8[++p];
    const from = p;
    let y = 0;
    while (c >= 48 && c <= 57) { y = y * 10 + (c - 48); c = u8[++p]; }
    if (p === from || p - from > 2) return -1;
    f -= down ? -y : y;
    if (f - ${scale} > 22) return -1;
  }
  ${close}
  if (f < ${scale}) { if (n + ${scale} - f > 15 + (u8[s] === 48 ? 1 : 0)) return -1; x *= P[${scale} - f]; }
  else if (f > ${scale}) {
    const d = P[f - ${scale}];
    let q = Math.floor(x / d);
    let rest = x - q * d;
    if (rest < 0) { q--; rest += d; }
    x = rest + rest >= d ? q + 1 : q;
  }
  ${precision <= 15 ? `if (x >= ${10 ** precision}) { ${setNull(target)} return p; }` : ''}
  if (negative) x = -x;
  ${writeWide(i)} ${high}
  ${present(target)}
  return p;`;
}

function double(target: ValueTarget): string {
  const i = target.index;
  const single = target.type.kind === 'FLOAT';
  return `
  const begin = p;
  ${digits(target)}
  let e = 0;
  if (c === 46) {
    c = u8[++p];
    const from = p;
    while (c >= 48 && c <= 57) { x = x * 10 + (c - 48); c = u8[++p]; }
    e = from - p;
    if (e === 0) return -1;
    n -= e;
  }
  if (c === 101 || c === 69) {
    c = u8[++p];
    const down = c === 45;
    if (down || c === 43) c = u8[++p];
    const from = p;
    let y = 0;
    while (c >= 48 && c <= 57) { y = y * 10 + (c - 48); c = u8[++p]; }
    if (p === from || p - from > 4) return -1;
    e += down ? -y : y;
  }
  ${close}
  if (n <= 15 && e >= -22 && e <= 22) { x = e < 0 ? x / P[-e] : x * P[e]; if (negative) x = -x; }
  else x = Number(textOf(u8, quoted ? begin + 1 : begin, quoted ? p - 1 : p));
  ${single ? 'if (X.doubtful(x)) return -1;' : ''}
  A${i}[r] = x;
  ${present(target)}
  return p;`;
}

/** Reads two digits at u8[at] into the variable; anything else makes it negative or too large. */
const two = (name: string, at: string) => `const ${name} = X.two(u8, ${at});`;

/** Days of \`yyyy-MM-dd\` at position p into D; impossible dates leave. */
const days = `
  const D = X.days(u8, p);
  if (D === -2147483648) return -1;`;

function date(target: ValueTarget): string {
  return `
  if (u8[p] !== 34) { ${orNull(target)} }
  p++;
  ${days}
  if (u8[p + 10] !== 34 || p + 10 >= end) return -1;
  A${target.index}[r] = D;
  ${present(target)}
  return p + 11;`;
}

/** Reads HH:mm:ss[.fraction] at p into ms and ns (within the ms), and leaves p behind it. */
const clock = `
  ${two('h', 'p')} ${two('m', 'p + 3')} ${two('sec', 'p + 6')}
  if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 || u8[p + 2] !== 58 || u8[p + 5] !== 58) return -1;
  p += 8;
  let ms = (h * 3600 + m * 60 + sec) * 1000;
  let ns = 0;
  if (u8[p] === 46) {
    let c = u8[++p];
    const from = p;
    let x = 0;
    while (c >= 48 && c <= 57) { x = x * 10 + (c - 48); c = u8[++p]; }
    const f = p - from;
    if (f === 0 || f > 9) return -1;
    if (f === 3) ms += x;
    else { x *= P[9 - f]; const whole = Math.floor(x / 1000000); ms += whole; ns = x - whole * 1000000; }
  }`;

function time(target: ValueTarget): string {
  return `
  if (u8[p] !== 34) { ${orNull(target)} }
  p++;
  ${clock}
  if (u8[p] !== 34 || p >= end) return -1;
  A${target.index}[r] = ms;
  ${present(target)}
  return p + 1;`;
}

function timestamp(target: ValueTarget, zoned: boolean): string {
  const i = target.index;
  return `
  if (u8[p] !== 34) { ${orNull(target)} }
  p++;
  ${days}
  if (u8[p + 10] !== ${target.timestamp === 'SQL' ? 32 : 84}) return -1;
  p += 11;
  ${clock}
  ${zoned ? 'if (u8[p++] !== 90) return -1;' : ''}
  if (u8[p] !== 34 || p >= end) return -1;
  A${i}[r] = D * 86400000 + ms;
  ${columnKind(target.type) === 'nanos' ? `B${i}[r] = ns;` : ''}
  ${present(target)}
  return p + 1;`;
}
