import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateTimeFormatter, simpleDateFormatter } from '../../src/types/date-format.ts';
import { dateTimeParser, simpleDateParser } from '../../src/types/date-parse.ts';
import { parseTime } from '../../src/types/parse-time.ts';
import { checkTimeZone, timeZoneOf } from '../../src/types/time-zone.ts';
import {
  addMonths,
  civilFromDays,
  daysFromCivil,
  formatTimestamp,
  millisToNanos,
  parseDate,
  parseTimestamp,
} from '../../src/types/timestamp.ts';

const at = (iso: string) => Date.parse(iso);

describe('dates', () => {
  it('agree with the calendar of JavaScript', () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_000, max: 2_932_000 }), (days) => {
        const { year, month, day } = civilFromDays(days);
        const date = new Date(days * 86_400_000);
        expect([year, month, day]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
        expect(daysFromCivil(year, month, day)).toBe(days);
      }),
    );
  });

  it('survive their text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(6n * 10n ** 19n), max: 25n * 10n ** 19n }), (nanos) => {
        expect(parseTimestamp(formatTimestamp(nanos, 9))).toBe(nanos);
      }),
    );
  });

  it('keep to the end of the month when months are added', () => {
    expect(addMonths(daysFromCivil(2020, 1, 31), 1)).toBe(daysFromCivil(2020, 2, 29));
    expect(addMonths(daysFromCivil(2020, 3, 31), -13)).toBe(daysFromCivil(2019, 2, 28));
  });

  it('are read in short forms, and refused in wrong ones', () => {
    expect(parseDate('2020')).toBe(daysFromCivil(2020, 1, 1));
    expect(parseDate('2020-2-9 anything')).toBe(daysFromCivil(2020, 2, 9));
    for (const wrong of ['2021-02-29', '2020-13-01', '10000-01-01', '+2020-01-01', '2020-1-2T', ''])
      expect(parseDate(wrong)).toBeUndefined();
  });

  it('with a time fail with the place of the fault', () => {
    expect(() => parseTimestamp('2020-01-02T03:04:05')).toThrow('unparsed text found at index 10');
    expect(() => parseTimestamp('x')).toThrow("Text 'x' could not be parsed at index 0");
    expect(() => parseTimestamp('2020-13-01')).toThrow('Invalid value for MonthOfYear (valid values 1 - 12): 13');
    expect(parseTimestamp('2021-02-30 24:00:00')).toBe(millisToNanos(at('2021-03-01T00:00:00Z')));
  });

  it('times of day', () => {
    expect(parseTime('23:45:11.1236')).toBe(85_511_124);
    expect(parseTime('7')).toBe(25_200_000);
    expect(parseTime('24:00')).toBeUndefined();
    expect(parseTime('03:00+01:30')).toBe(16_200_000);
  });
});

describe('zones', () => {
  it('know gaps and overlaps', () => {
    const berlin = timeZoneOf('Europe/Berlin');
    expect(berlin.offsetAt(at('2020-03-29T00:59:00Z'))).toBe(3_600_000);
    expect(berlin.offsetAt(at('2020-03-29T01:00:00Z'))).toBe(7_200_000);
    expect(berlin.toInstant(at('2020-10-25T02:30:00Z'))).toBe(at('2020-10-25T00:30:00Z'));
    expect(at('2020-10-25T02:30:00Z') - berlin.offsetOfLocal(at('2020-10-25T02:30:00Z'), true)).toBe(
      at('2020-10-25T01:30:00Z'),
    );
    expect(timeZoneOf('Australia/Lord_Howe').offsetAt(at('2020-10-03T15:30:00Z'))).toBe(11 * 3_600_000);
    expect(timeZoneOf('GMT-03:30').offsetAt(0)).toBe(-12_600_000);
  });

  it.each(['America/Los_Angeles', 'UTC', 'GMT+08:00', 'GMT-03:00'])('%s is a setting', (id) => {
    expect(() => checkTimeZone(id)).not.toThrow();
  });

  it.each(['+08:00', 'UTC+8', 'PST', 'Nowhere/Land', 'america/los_angeles', ''])('%s is none', (id) => {
    expect(() => checkTimeZone(id)).toThrow('Invalid time zone.');
  });
});

describe('patterns', () => {
  const local = at('2020-12-31T23:59:59.123Z');

  it.each([
    ['yyyy-MM-dd HH:mm:ss.SSS', '2020-12-31 23:59:59.123'],
    ['EEEE, d MMMM yy', 'Thursday, 31 December 20'],
    ["h 'o''clock' a", "11 o'clock PM"],
    ['D Q QQQ w e', '366 4 Q4 1 5'],
    ['SSSSSS', '123000'],
  ])('%s formats', (pattern, wanted) => {
    expect(dateTimeFormatter(pattern)(local, 0)).toBe(wanted);
  });

  it('refuse letters that there are not, and zones', () => {
    expect(() => dateTimeFormatter('b')).toThrow('Unknown pattern letter: b');
    expect(() => dateTimeFormatter('VV')(local, 0)).toThrow('Unable to extract ZoneId');
    expect(() => simpleDateFormatter('b')).toThrow("Illegal pattern character 'b'");
  });

  it('read strictly or leniently', () => {
    expect(dateTimeParser('yyyyMMdd')('20200102')?.millis).toBe(at('2020-01-02T00:00:00Z'));
    expect(dateTimeParser('yyyy[-MM]')('2020')?.millis).toBe(at('2020-01-01T00:00:00Z'));
    expect(dateTimeParser('yyyy-MM-dd')('2020-1-2')).toBeUndefined();
    expect(dateTimeParser('MMM d yyyy h:mm a')('Jan 5 2020 1:30 PM')?.millis).toBe(at('2020-01-05T13:30:00Z'));
    expect(simpleDateParser('yyyy-MM-dd')('2020-13-32 and more')).toBe(at('2021-02-01T00:00:00Z'));
    expect(simpleDateParser('yyyy-MM-dd')('x')).toBeUndefined();
  });

  it('survive a round trip', () => {
    const pattern = "yyyy-MM-dd'T'HH:mm:ss.SSS";
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (millis) => {
        expect(dateTimeParser(pattern)(dateTimeFormatter(pattern)(millis, 0))?.millis).toBe(millis);
        expect(simpleDateParser(pattern)(simpleDateFormatter(pattern)(millis))).toBe(millis);
      }),
    );
  });
});
