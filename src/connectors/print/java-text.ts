/** Values as the text of the Java objects that Flink's print sink holds. */

import { bigDecimalToString, doubleToString } from '../../formats/java-number.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { MapValue, Value } from '../../types/value.ts';

const DAY_MS = 86_400_000;

/** `null` in lower case; nested rows carry their kind. */
export function javaText(type: LogicalType, value: Value): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'FLOAT':
    case 'DOUBLE':
      return doubleToString(value as number, type.kind === 'FLOAT');
    case 'DECIMAL':
      return bigDecimalToString({ unscaled: value as bigint, scale: type.scale });
    case 'DATE':
      return new Date((value as number) * DAY_MS).toISOString().slice(0, 10);
    case 'TIME':
      return clockText(value as number, 0, false);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return timestampText(value as bigint, type.kind === 'TIMESTAMP_LTZ');
    case 'BINARY':
    case 'VARBINARY':
      return `[${[...(value as Uint8Array)].map((byte) => (byte << 24) >> 24).join(', ')}]`;
    case 'ARRAY':
      return `[${(value as readonly Value[]).map((element) => javaText(type.element, element)).join(', ')}]`;
    case 'ROW':
      return `+I[${type.fields.map((field, i) => javaText(field.type, (value as readonly Value[])[i] ?? null)).join(', ')}]`;
    case 'MAP':
      return mapText(type.key, type.value, value as MapValue);
    case 'MULTISET':
      return mapText(type.element, { kind: 'INT', nullable: true }, value as MapValue);
    default:
      return String(value);
  }
}

function mapText(key: LogicalType, value: LogicalType, map: MapValue): string {
  return `{${map.entries.map(([k, v]) => `${javaText(key, k)}=${javaText(value, v)}`).join(', ')}}`;
}

function timestampText(nanos: bigint, instant: boolean): string {
  const rest = ((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const millis = Number((nanos - rest) / 1_000_000n);
  const ofDay = ((millis % DAY_MS) + DAY_MS) % DAY_MS;
  const day = new Date(millis - ofDay).toISOString().slice(0, 10);
  return `${day}T${clockText(ofDay, Number(rest), instant)}${instant ? 'Z' : ''}`;
}

/** Seconds only when they or the fraction are not zero, unless asked for; the fraction in groups of three. */
function clockText(millis: number, nanos: number, seconds: boolean): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const total = Math.floor(millis / 1000);
  const fraction = (millis % 1000) * 1_000_000 + nanos;
  const head = `${two(Math.floor(total / 3600))}:${two(Math.floor(total / 60) % 60)}`;
  if (total % 60 === 0 && fraction === 0 && !seconds) return head;
  const text =
    fraction === 0
      ? ''
      : `.${String(fraction)
          .padStart(9, '0')
          .replace(/(000){1,2}$/, '')}`;
  return `${head}:${two(total % 60)}${text}`;
}
