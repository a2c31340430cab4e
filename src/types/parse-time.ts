/** TIME out of text, by Flink's rules: `23`, `23:45`, `23:45:11.123`, each with an offset behind it. */

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  return /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** Milliseconds of the day; undefined when the text is no time. An offset is added as its sign says. */
export function parseTime(text: string): number | undefined {
  const minus = text.indexOf('-');
  const sign = minus < 0 ? text.indexOf('+') : minus;
  const clock = clockMillis(sign < 0 ? text : text.slice(0, sign));
  const offset = sign < 0 ? 0 : offsetMillis(text.slice(sign + 1));
  if (clock === undefined || offset === undefined) return undefined;
  return clock + (minus < 0 ? offset : -offset);
}

function offsetMillis(text: string): number | undefined {
  const parts = text.split(':');
  const hour = numberOf(parts[0] as string);
  const minute = parts.length > 1 ? numberOf(parts.slice(1).join(':')) : 0;
  if (hour === undefined || minute === undefined || hour > 23 || minute > 59) return undefined;
  return hour * HOUR_MS + minute * MINUTE_MS;
}

function clockMillis(text: string): number | undefined {
  const [first, second, ...rest] = text.split(':');
  const hour = numberOf(first as string);
  const minute = second === undefined ? 0 : numberOf(second);
  let seconds = rest.join(':');
  let millis = 0;
  const point = seconds.indexOf('.');
  if (point >= 0) {
    millis = fraction(seconds.slice(point + 1).trim());
    seconds = seconds.slice(0, point);
  }
  const secondOfMinute = rest.length === 0 ? 0 : numberOf(seconds);
  if (hour === undefined || minute === undefined || secondOfMinute === undefined) return undefined;
  if (hour > 23 || minute > 59 || secondOfMinute > 59) return undefined;
  return hour * HOUR_MS + minute * MINUTE_MS + secondOfMinute * 1000 + millis;
}

/** Three digits, the fourth rounds; what is no digit counts as 0. */
function fraction(text: string): number {
  let millis = 0;
  for (let i = 0; i < Math.min(3, text.length); i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit > 0 && digit <= 9) millis += digit * 10 ** (2 - i);
  }
  return millis + ((text[3] ?? '0') >= '5' ? 1 : 0);
}
