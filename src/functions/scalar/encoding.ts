/** Texts and bytes in other forms: hex, base64, hashes, URLs, addresses. */
import { createHash } from 'node:crypto';
import { bytesOf, textOf } from '../../types/heap-bytes.ts';
import { type LogicalType, types } from '../../types/logical-type.ts';
import { hexOf } from '../../types/print-value.ts';
import { isInteger, isText } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import { runtimeError } from '../call-error.ts';
import type { ScalarFunction } from '../function.ts';
import { anyNullable, binary, integer, numeric, text } from '../operand.ts';
import { plain, result } from '../plain-function.ts';
import { parseUrl } from '../url-parts.ts';

function digest(algorithm: string, value: string | Uint8Array): string {
  return createHash(algorithm).update(value).digest('hex');
}

function hash(name: string, algorithm: string, size: number): ScalarFunction {
  return plain({
    name,
    category: 'hash',
    forms: [`${name}(<STRING>)`],
    summary: `The ${name} hash of a text in hex digits.`,
    example: `${name}('abc')`,
    args: [(type) => text(type) || binary(type)],
    returns: (args) => types.char(size, anyNullable(args)),
    eval: ([value]) => digest(algorithm, value as string | Uint8Array),
  });
}

function sha2(value: string, bits: number): string {
  if (bits !== 224 && bits !== 256 && bits !== 384 && bits !== 512)
    throw runtimeError('Unsupported algorithm.', 'java.lang.RuntimeException');
  return digest(`sha${bits}`, value);
}

const hashes: readonly ScalarFunction[] = [
  hash('MD5', 'md5', 32),
  hash('SHA1', 'sha1', 40),
  hash('SHA224', 'sha224', 56),
  hash('SHA256', 'sha256', 64),
  hash('SHA384', 'sha384', 96),
  hash('SHA512', 'sha512', 128),
  plain({
    name: 'SHA2',
    category: 'hash',
    forms: ['SHA2(<STRING>, <INTEGER>)'],
    summary: 'A hash of the SHA-2 family, by its number of bits.',
    example: "SHA2('abc', 256)",
    args: [text, integer],
    returns: (args) => types.varchar(128, anyNullable(args)),
    eval: ([value, bits]) => sha2(value as string, Number(bits)),
  }),
];

/** `Base64.getDecoder()` with its refusals. */
function fromBase64(value: string): string {
  const fail = (message: string) => runtimeError(message, 'java.lang.IllegalArgumentException');
  const bytes = bytesOf(value);
  if (bytes.length === 1) throw fail('Input byte[] should at least have 2 bytes for base64 bytes');
  const wrong = bytes.find((byte) => !/[A-Za-z0-9+/=]/.test(String.fromCharCode(byte)));
  if (wrong !== undefined) throw fail(`Illegal base64 character ${((wrong << 24) >> 24).toString(16)}`);
  const digits = value.replace(/=+$/, '');
  if (digits.includes('=') || (digits !== value && value.length % 4 !== 0))
    throw fail('Input byte array has wrong 4-byte ending unit');
  if (digits.length % 4 === 1) throw fail('Last unit does not have enough valid bits');
  return Buffer.from(digits, 'base64').toString('utf8');
}

type Charset = 'ascii' | 'latin1' | 'utf8' | 'utf16be' | 'utf16le' | 'utf16';

const CHARSETS: Readonly<Record<string, Charset>> = {
  'US-ASCII': 'ascii',
  ASCII: 'ascii',
  'ISO-8859-1': 'latin1',
  LATIN1: 'latin1',
  'UTF-8': 'utf8',
  UTF8: 'utf8',
  'UTF-16BE': 'utf16be',
  'UTF-16LE': 'utf16le',
  'UTF-16': 'utf16',
};

function charsetOf(name: string): Charset {
  const charset = CHARSETS[name.toUpperCase()];
  if (!charset) throw runtimeError(name, 'java.io.UnsupportedEncodingException');
  return charset;
}

function encode(value: string, charset: Charset): Uint8Array {
  switch (charset) {
    case 'utf8':
      return new Uint8Array(bytesOf(value));
    case 'ascii':
    case 'latin1': {
      const limit = charset === 'ascii' ? 127 : 255;
      return Uint8Array.from([...value], (char) =>
        (char.codePointAt(0) ?? 0) > limit ? 63 : (char.codePointAt(0) ?? 0),
      );
    }
    case 'utf16le':
      return new Uint8Array(Buffer.from(value, 'utf16le'));
    default: {
      const bytes = Buffer.from(charset === 'utf16' ? `\ufeff${value}` : value, 'utf16le').swap16();
      return new Uint8Array(bytes);
    }
  }
}

function decode(bytes: Uint8Array, charset: Charset): string {
  if (charset === 'utf8') return textOf(bytes);
  if (charset === 'latin1') return Buffer.from(bytes).toString('latin1');
  if (charset === 'ascii')
    return [...bytes].map((byte) => (byte > 127 ? '\ufffd' : String.fromCharCode(byte))).join('');
  const little = charset === 'utf16le' || (charset === 'utf16' && bytes[0] === 0xff && bytes[1] === 0xfe);
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  const text = (little ? even : even.swap16()).toString('utf16le');
  const whole = bytes.length % 2 === 0 ? text : `${text}\ufffd`;
  return charset === 'utf16' ? whole.replace(/^\ufeff/, '') : whole;
}

function hexText(value: Value): string {
  if (typeof value === 'string') return hexOf(bytesOf(value)).toUpperCase();
  return BigInt.asUintN(64, BigInt(value as number))
    .toString(16)
    .toUpperCase();
}

function isAscii(value: string): boolean {
  return Buffer.byteLength(value) === value.length;
}

function unhex(value: string): Uint8Array | null {
  // Of an odd number of digits the first is dropped, and a zero byte put in front.
  const digits = value.length % 2 === 1 ? `00${value.slice(1)}` : value;
  return /^[0-9a-fA-F]*$/.test(digits) && isAscii(value) ? new Uint8Array(Buffer.from(digits, 'hex')) : null;
}

const codings: readonly ScalarFunction[] = [
  plain({
    name: 'TO_BASE64',
    category: 'string',
    forms: ['TO_BASE64(<STRING>)'],
    summary: 'A text in base64.',
    example: "TO_BASE64('hello world')",
    args: [(type) => text(type) || binary(type)],
    returns: result.string,
    eval: ([value]) =>
      Buffer.from(typeof value === 'string' ? bytesOf(value) : (value as Uint8Array)).toString('base64'),
  }),
  plain({
    name: 'FROM_BASE64',
    category: 'string',
    forms: ['FROM_BASE64(<STRING>)'],
    summary: 'The text that base64 stands for.',
    example: "FROM_BASE64('aGVsbG8=')",
    args: [text],
    returns: result.string,
    eval: ([value]) => fromBase64(value as string),
  }),
  plain({
    name: 'ENCODE',
    category: 'string',
    forms: ['ENCODE(<CHARACTER>, <CHARACTER>)'],
    summary: 'The bytes of a text in a character set.',
    example: "ENCODE('hello', 'UTF-8')",
    args: [text, text],
    returns: result.bytes,
    eval: ([value, charset]) => encode(value as string, charsetOf(charset as string)),
  }),
  plain({
    name: 'DECODE',
    category: 'string',
    forms: ['DECODE(<BINARY>, <CHARACTER>)'],
    summary: 'The text of bytes in a character set.',
    example: "DECODE(x'6869', 'UTF-8')",
    args: [binary, text],
    returns: result.string,
    eval: ([value, charset]) => decode(value as Uint8Array, charsetOf(charset as string)),
  }),
  plain({
    name: 'HEX',
    category: 'arithmetic',
    forms: ['HEX(<INTEGER>)', 'HEX(<CHARACTER>)'],
    summary: 'An integer or the bytes of a text in hex digits.',
    example: 'HEX(255)',
    args: [(type) => integer(type) || text(type)],
    returns: result.string,
    eval: ([value]) => hexText(value as Value),
  }),
  plain({
    name: 'UNHEX',
    category: 'arithmetic',
    inference: 'flink',
    forms: ['UNHEX(expr <CHARACTER_STRING>)'],
    summary: 'The bytes that hex digits stand for; NULL when they are none.',
    example: "UNHEX('466C696E6B')",
    args: [text],
    returns: types.bytes(),
    eval: ([value]) => unhex(value as string),
  }),
  plain({
    name: 'BIN',
    category: 'arithmetic',
    forms: ['BIN(<INTEGER>)'],
    summary: 'An integer in binary digits.',
    example: 'BIN(12)',
    args: [integer],
    returns: result.string,
    eval: ([value]) => BigInt.asUintN(64, BigInt(value as number)).toString(2),
  }),
];

/** `application/x-www-form-urlencoded` as Java writes it. */
function urlEncode(value: string): string {
  return encodeURIComponent(value)
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function urlDecode(value: string): string | null {
  if (/%(?![0-9a-fA-F]{2})/.test(value)) return null;
  const bytes = value
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
  return bytes;
}

function inetAton(value: string): bigint | null {
  const parts = value.split('.');
  if (parts.length > 4 || !parts.every((part) => /^\d{1,10}$/.test(part) && Number(part) <= 255)) return null;
  const numbers = parts.map(BigInt);
  const last = numbers.pop() as bigint;
  return numbers.reduce((sum, part, i) => sum + (part << BigInt(8 * (3 - i))), last);
}

function inetNtoa(value: bigint): string | null {
  if (value < 0n || value > 4294967295n) return null;
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

const NULLABLE = types.string();

const addresses: readonly ScalarFunction[] = [
  plain({
    name: 'URL_ENCODE',
    category: 'string',
    inference: 'flink',
    forms: ['URL_ENCODE(value <CHARACTER_STRING>)'],
    summary: 'A text as a part of a URL.',
    example: "URL_ENCODE('a b')",
    args: [text],
    returns: NULLABLE,
    eval: ([value]) => urlEncode(value as string),
  }),
  plain({
    name: 'URL_DECODE',
    category: 'string',
    inference: 'flink',
    forms: ['URL_DECODE(value <CHARACTER_STRING>)'],
    summary: 'The text that a part of a URL stands for; NULL when it is broken.',
    example: "URL_DECODE('a+b')",
    args: [text],
    returns: NULLABLE,
    eval: ([value]) => urlDecode(value as string),
  }),
  plain({
    name: 'PARSE_URL',
    category: 'string',
    forms: ['PARSE_URL(<CHARACTER>, <CHARACTER>)', 'PARSE_URL(<CHARACTER>, <CHARACTER>, <CHARACTER>)'],
    summary: 'A part of a URL: HOST, PATH, QUERY (with a key), REF, PROTOCOL, AUTHORITY, FILE, USERINFO.',
    example: "PARSE_URL('http://facebook.com/path?k1=v1#Ref1', 'QUERY', 'k1')",
    args: [text, text],
    optional: [text],
    returns: NULLABLE,
    eval: ([url, part, key]) => parseUrl(url as string, part as string, key as string | undefined),
  }),
  plain({
    name: 'INET_ATON',
    category: 'string',
    inference: 'flink',
    forms: ['INET_ATON(ipAddress <CHARACTER_STRING>)'],
    summary: 'An IPv4 address as a number; NULL when it is none.',
    example: "INET_ATON('127.0.0.1')",
    args: [text],
    returns: types.bigint(),
    eval: ([value]) => inetAton(value as string),
  }),
  plain({
    name: 'INET_NTOA',
    category: 'string',
    inference: 'flink',
    forms: ['INET_NTOA(number <INTEGER_NUMERIC>)'],
    summary: 'The IPv4 address of a number; NULL when it is none.',
    example: 'INET_NTOA(2130706433)',
    args: [integer],
    returns: NULLABLE,
    eval: ([value]) => inetNtoa(BigInt(value as number)),
  }),
];

/** Tests of the characters of a text; FALSE for NULL. */
function characterTest(
  name: string,
  summary: string,
  ofText: (value: string) => boolean,
  ofNumber: (type: LogicalType) => boolean,
): ScalarFunction {
  return plain({
    name,
    category: 'conditional',
    forms: [`${name}(<CHARACTER>)`, `${name}(<NUMERIC>)`],
    summary,
    example: `${name}('a')`,
    args: [(type: LogicalType) => text(type) || numeric(type)],
    returns: () => result.boolean,
    nullPropagating: false,
    bind(site) {
      const type = site.argTypes[0] as LogicalType;
      if (isText(type)) return ([value = null]) => value !== null && ofText(value as string);
      const answer = ofNumber(type);
      return ([value = null]) => value !== null && answer;
    },
  });
}

const DECIMAL = /^[+-]?(?:\p{Nd}+\.?\p{Nd}*|\.\p{Nd}+)(?:[eE][+-]?\p{Nd}+)?[dDfF]?$/u;

const tests: readonly ScalarFunction[] = [
  characterTest(
    'IS_ALPHA',
    'Whether a text has letters only.',
    (value) => /^\p{L}+$/u.test(value),
    () => false,
  ),
  characterTest('IS_DIGIT', 'Whether a text has digits only.', (value) => /^\p{Nd}+$/u.test(value), isInteger),
  characterTest(
    'IS_DECIMAL',
    'Whether a text is a number.',
    (value) => DECIMAL.test(value),
    (type) => type.kind !== 'DECIMAL',
  ),
];

export const encodings: readonly ScalarFunction[] = [...hashes, ...codings, ...addresses, ...tests];
