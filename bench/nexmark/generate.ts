/**
 * Nexmark's events as JSON lines: persons, auctions and bids in the proportion 1 : 3 : 46. Each event's random numbers come of the seed and its
 * number alone, and time starts at a fixed moment, so that the same options give the same bytes.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export interface GeneratorOptions {
  readonly events: number;
  readonly seed: number;
  /** Events in a second of event time. */
  readonly rate: number;
}

const PERSONS = 1;
const AUCTIONS = 3;
const EVENTS = 50;
const FIRST_ID = 1000;
const FIRST_CATEGORY = 10;
const START_MS = Date.UTC(2015, 6, 15);
/** Persons who still act, and auctions that still run, of the newest ones. */
const ACTIVE_PERSONS = 1000;
const ACTIVE_AUCTIONS = 100;
/** Ids ahead of what has been made. */
const LEAD = 10;
const HOT_GROUP = 100;
const CHANNELS = 10_000;
const FLUSH_CHARACTERS = 1 << 20;

const FIRST_NAMES = 'Peter Paul Luke John Saul Vicky Kate Julie Sarah Deiter Walter'.split(' ');
const LAST_NAMES = 'Shultz Abrams Spencer White Bartels Walton Smith Jones Noris'.split(' ');
const CITIES = 'Phoenix,Los Angeles,San Francisco,Boise,Portland,Bend,Redmond,Seattle,Kent,Cheyenne'.split(',');
const STATES = 'AZ CA ID OR WA WY'.split(' ');
const HOT_CHANNELS = 'Google Facebook Baidu Apple'.split(' ');

export async function writeEvents(path: string, options: GeneratorOptions): Promise<void> {
  const out = createWriteStream(path);
  const generator = new Generator(options);
  let text = '';
  for (let event = 0; event < options.events; event++) {
    text += `${JSON.stringify(generator.event(event))}\n`;
    if (text.length < FLUSH_CHARACTERS) continue;
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end(text);
  await once(out, 'finish');
}

/** The first events. */
export function eventsOf(options: GeneratorOptions): object[] {
  const generator = new Generator(options);
  return Array.from({ length: options.events }, (_, event) => generator.event(event));
}

class Generator {
  readonly #options: GeneratorOptions;
  readonly #random: Random;
  readonly #filler: string;
  readonly #urls: readonly string[];

  constructor(options: GeneratorOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#random.start(-1);
    this.#filler = Array.from({ length: 1 << 16 }, () => this.#random.letter()).join('');
    this.#urls = Array.from({ length: CHANNELS }, (_, channel) => this.#url(channel));
  }

  event(event: number): object {
    this.#random.start(event);
    const place = event % EVENTS;
    const [person, auction] = [place < PERSONS, place >= PERSONS && place < PERSONS + AUCTIONS];
    return {
      event_type: person ? 0 : auction ? 1 : 2,
      person: person ? this.#person(event) : null,
      auction: auction ? this.#auction(event) : null,
      bid: person || auction ? null : this.#bid(event),
    };
  }

  #person(event: number): object {
    const random = this.#random;
    const name = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
    return {
      id: lastPerson(event) + FIRST_ID,
      name,
      emailAddress: `${random.text(7, '_')}@${random.text(5, '_')}.com`,
      creditCard: Array.from({ length: 4 }, () => 1000 + random.below(9000)).join(' '),
      city: random.pick(CITIES),
      state: random.pick(STATES),
      dateTime: timestamp(this.#time(event)),
      extra: this.#extra(80),
    };
  }

  #auction(event: number): object {
    const random = this.#random;
    const isHot = random.below(4) > 0;
    const seller = isHot ? hot(lastPerson(event)) : this.#anyPerson(event);
    const initialBid = random.price();
    const time = this.#time(event);
    const span = this.#time(event + Math.floor((ACTIVE_AUCTIONS * EVENTS) / AUCTIONS)) - time;
    return {
      id: lastAuction(event) + FIRST_ID,
      itemName: random.text(20, ' '),
      description: random.text(100, ' '),
      initialBid,
      reserve: initialBid + random.price(),
      dateTime: timestamp(time),
      expires: timestamp(time + 1 + random.below(Math.max(2 * span, 1))),
      seller: seller + FIRST_ID,
      category: FIRST_CATEGORY + random.below(5),
      extra: this.#extra(300),
    };
  }

  #bid(event: number): object {
    const random = this.#random;
    const newest = Math.max(lastAuction(event), 0);
    const auction = random.below(2) > 0 ? hot(newest) : this.#anyAuction(newest);
    const bidder = random.below(4) > 0 ? hot(lastPerson(event)) + 1 : this.#anyPerson(event);
    const price = random.price();
    const channel = random.below(CHANNELS);
    const hotChannel = random.below(2) > 0 ? random.below(HOT_CHANNELS.length) : undefined;
    return {
      auction: auction + FIRST_ID,
      bidder: bidder + FIRST_ID,
      price,
      channel: hotChannel === undefined ? `channel-${channel}` : HOT_CHANNELS[hotChannel],
      url: this.#urls[hotChannel ?? channel],
      dateTime: timestamp(this.#time(event)),
      extra: this.#extra(68),
    };
  }

  #time(event: number): number {
    return START_MS + Math.floor((event * 1000) / this.#options.rate);
  }

  #anyPerson(event: number): number {
    const persons = lastPerson(event) + 1;
    const active = Math.min(persons, ACTIVE_PERSONS);
    return persons - active + this.#random.below(active + LEAD);
  }

  #anyAuction(newest: number): number {
    const oldest = Math.max(newest - ACTIVE_AUCTIONS, 0);
    return oldest + this.#random.below(newest - oldest + 1 + LEAD);
  }

  /** About `length` characters. */
  #extra(length: number): string {
    const spread = Math.round(length / 5);
    const size = length - spread + this.#random.below(2 * spread + 1);
    const at = this.#random.below(this.#filler.length - size);
    return this.#filler.slice(at, at + size);
  }

  #url(channel: number): string {
    const random = this.#random;
    random.start(-2 - channel);
    const parts = Array.from({ length: 3 }, () => random.text(5, '_'));
    const id = random.below(10) > 0 ? `&channel_id=${reversedBits(channel)}` : '';
    return `https://www.nexmark.com/${parts.join('/')}/item.htm?query=1${id}`;
  }
}

/** Random numbers that start anew with each event. */
class Random {
  readonly #seed: number;
  #state = 0;

  constructor(seed: number) {
    this.#seed = Math.imul(seed + 1, 0xc2b2ae35);
  }

  start(event: number): void {
    this.#state = Math.imul(event ^ 0x9e3779b9, 0x85ebca6b) ^ this.#seed;
  }

  /** In [0, 1): Mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  letter(): string {
    return String.fromCharCode(97 + this.below(26));
  }

  /** Words of letters; every thirteenth character is `special`. */
  text(limit: number, special: string): string {
    const length = 3 + this.below(limit - 3);
    return Array.from({ length }, () => (this.below(13) === 0 ? special : this.letter()))
      .join('')
      .trim();
  }

  price(): number {
    return Math.round(10 ** (this.next() * 6) * 100);
  }
}

function lastPerson(event: number): number {
  return Math.floor(event / EVENTS) * PERSONS + Math.min(event % EVENTS, PERSONS - 1);
}

function lastAuction(event: number): number {
  const place = event % EVENTS;
  const first = Math.floor(event / EVENTS) * AUCTIONS;
  if (place < PERSONS) return first - 1;
  return first + Math.min(place - PERSONS, AUCTIONS - 1);
}

function hot(newest: number): number {
  return Math.floor(newest / HOT_GROUP) * HOT_GROUP;
}

function reversedBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) reversed |= ((value >>> bit) & 1) << (31 - bit);
  return Math.abs(reversed);
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
}
