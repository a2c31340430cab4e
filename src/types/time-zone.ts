/** Time zones as Java sees them: ids, fixed offsets, and daylight saving time by the runtime's own tables. */
import { validationError } from '../base/error.ts';
import { nanosToMillis } from './timestamp.ts';

const BUCKET_MS = 900_000;
const CACHE_LIMIT = 100_000;
const DAY_MS = 86_400_000;
const OFFSET = /^(?:GMT|UTC|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/;
/** Ids that only the old half of Java's library knows. */
const OLD_IDS = new Set(
  (
    'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST ' + 'GMT0 Z'
  ).split(' '),
);

/** Ids of fixed offsets that Java no longer knows. */
const OFFSET_IDS = new Set(['EST', 'MST', 'HST']);

/** Offsets of one zone. */
export class TimeZone {
  readonly id: string;
  readonly #fixedMs: number | undefined;
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #cache = new Map<number, number>();
  #lastBucket = Number.NaN;
  #lastOffset = 0;

  constructor(id: string, fixedMs: number | undefined) {
    this.id = id;
    this.#fixedMs = fixedMs;
    this.#format = fixedMs === undefined ? formatFor(id) : undefined;
  }

  /** Local time minus UTC, in ms, at an instant. */
  offsetAt(instantMs: number): number {
    if (this.#fixedMs !== undefined) return this.#fixedMs;
    const bucket = Math.floor(instantMs / BUCKET_MS);
    if (bucket === this.#lastBucket) return this.#lastOffset;
    let offset = this.#cache.get(bucket);
    if (offset === undefined) {
      if (this.#cache.size >= CACHE_LIMIT) this.#cache.clear();
      offset = this.#compute(bucket * BUCKET_MS);
      this.#cache.set(bucket, offset);
    }
    this.#lastBucket = bucket;
    this.#lastOffset = offset;
    return offset;
  }

  /**
   * The offset of a local time. In an overlap the earlier instant is taken (the later with `later`), in a gap the offset before it, so
   * that the time moves on by the length of the gap: `LocalDateTime.atZone`.
   */
  offsetOfLocal(localMs: number, later = false): number {
    if (this.#fixedMs !== undefined) return this.#fixedMs;
    const before = this.offsetAt(localMs - DAY_MS);
    const after = this.offsetAt(localMs + DAY_MS);
    if (before === after) return before;
    const first = later ? after : before;
    const second = later ? before : after;
    if (this.offsetAt(localMs - first) === first) return first;
    if (this.offsetAt(localMs - second) === second) return second;
    return before;
  }

  toLocal(instantMs: number): number {
    return instantMs + this.offsetAt(instantMs);
  }

  toInstant(localMs: number): number {
    return localMs - this.offsetOfLocal(localMs);
  }

  nanosToLocal(instant: bigint): bigint {
    return instant + BigInt(this.offsetAt(nanosToMillis(instant))) * 1_000_000n;
  }

  nanosToInstant(local: bigint): bigint {
    return local - BigInt(this.offsetOfLocal(nanosToMillis(local))) * 1_000_000n;
  }

  #compute(instantMs: number): number {
    const format = this.#format as Intl.DateTimeFormat;
    const parts: Record<string, string> = {};
    for (const part of format.formatToParts(instantMs)) parts[part.type] = part.value;
    const year = Number(parts['year']);
    const date = new Date(0);
    date.setUTCFullYear(parts['era'] === 'BC' ? 1 - year : year, Number(parts['month']) - 1, Number(parts['day']));
    date.setUTCHours(Number(parts['hour']), Number(parts['minute']), Number(parts['second']), 0);
    return date.getTime() - Math.floor(instantMs / 1000) * 1000;
  }
}

function formatFor(id: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: id,
    calendar: 'gregory',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

let machineZone: string | undefined;

/** What `table.local-time-zone` says, where `default` is the machine's zone. */
export function localTimeZone(setting: string | undefined): string {
  if (setting !== undefined && setting !== 'default') return setting;
  machineZone ??= isMachineInUtc() ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
  return machineZone;
}

/** Told by offsets: places had times of their own before there were zones, and some zones a summer. Asking Intl would load tables of 8 MB. */
function isMachineInUtc(): boolean {
  const instants = [Date.UTC(1800, 0), Date.UTC(2000, 0), Date.UTC(2000, 6)];
  return instants.every((instant) => new Date(instant).getTimezoneOffset() === 0);
}

const zones = new Map<string, TimeZone | undefined>();

/** The zone of an id, `GMT+08:00` or `+08:00`; undefined when there is none. */
export function findTimeZone(id: string): TimeZone | undefined {
  if (!zones.has(id)) zones.set(id, createZone(id));
  return zones.get(id);
}

/** The zone of an id that was checked before; UTC for others, as java.util.TimeZone does. */
export function timeZoneOf(id: string): TimeZone {
  return findTimeZone(id) ?? UTC;
}

/** The zone of `java.util.TimeZone`: an offset without GMT in front is no id there. */
export function oldTimeZoneOf(id: string): TimeZone {
  return /^(?:UTC?)?[+-]/.test(id) ? UTC : timeZoneOf(id);
}

export const UTC = new TimeZone('UTC', 0);

function createZone(id: string): TimeZone | undefined {
  if (id === 'UTC' || id === 'GMT' || id === 'Z' || id === 'UT' || id === 'Etc/UTC') return new TimeZone(id, 0);
  const match = OFFSET.exec(id);
  if (match) {
    const hours = Number(match[2]);
    const minutes = Number(match[3] ?? 0);
    if (hours > 18 || minutes > 59) return undefined;
    const size = (hours * 60 + minutes) * 60_000;
    return new TimeZone(id, match[1] === '-' ? -size : size);
  }
  try {
    return new TimeZone(id, undefined);
  } catch {
    return undefined;
  }
}

/** Why `java.time.ZoneId` knows no such zone, in its words; undefined where it does. */
export function zoneProblem(id: string): string | undefined {
  if (id.length <= 1 || /^[+-]/.test(id)) return id === 'Z' ? undefined : offsetProblem(id);
  const prefixed = /^(?:UTC|GMT|UT)([+-].*)?$/.exec(id);
  if (prefixed) return prefixed[1] && offsetProblem(prefixed[1]) && `Invalid ID for offset-based ZoneId: ${id}`;
  if (!/^[A-Za-z][A-Za-z0-9~/._+-]+$/.test(id)) return `Invalid ID for region-based ZoneId, invalid format: ${id}`;
  const found = OLD_IDS.has(id) || OFFSET_IDS.has(id) ? undefined : findTimeZone(id);
  return found && isSpelledRight(id) ? undefined : `Unknown time-zone ID: ${id}`;
}

function offsetProblem(id: string): string | undefined {
  const match = /^[+-](\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$/.exec(id);
  if (!match) return `Invalid ID for ZoneOffset, invalid format: ${id}`;
  const hours = Number(match[1]);
  if (hours <= 18) return undefined;
  return `Zone offset hours not in valid range: value ${id.startsWith('-') ? -hours : hours} is not in the range -18 to 18`;
}

/** The runtime takes ids in any case. */
function isSpelledRight(id: string): boolean {
  const known = new Intl.DateTimeFormat('en-US', { timeZone: id }).resolvedOptions().timeZone;
  return known === id || known.toLowerCase() !== id.toLowerCase();
}

const INVALID =
  "Invalid time zone. The value should be a Time Zone Database (TZDB) ID such as 'America/Los_Angeles' to include daylight saving time. " +
  "Fixed offsets are supported using 'GMT-03:00' or 'GMT+03:00'. Or use 'UTC' without time zone and daylight saving time.";

/** Checks a value of `table.local-time-zone`. Throws Flink's text. */
export function checkTimeZone(id: string): void {
  const named = /^GMT[+-]\d{1,2}(?::\d{2})?$/.test(id) || /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)*$/.test(id);
  if (!named || OLD_IDS.has(id) || /^(?:UTC|UT)[+-]/.test(id) || !findTimeZone(id)) throw validationError(INVALID);
}
